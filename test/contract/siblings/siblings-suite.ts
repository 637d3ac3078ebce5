import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import type { Siblings } from '../../../src/services/workers/siblings.port.ts';

/** Three workers of one engine, and a way to lose one of them. */
interface SiblingHouse {
  readonly workers: readonly [Siblings, Siblings, Siblings];
  readonly lose: (worker: Siblings) => Promise<void>;
}

const LOST = expect.objectContaining({ code: 'SIBLING_LOST' }) as Error;

/** Two ends of one connection: the one that a server got, and the client's. */
async function connection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [near] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    far.destroy();
    server.close();
  });
  return { near, far };
}

/** What the port promises, whatever carries it. */
export function describeSiblings(carrier: string, open: () => Promise<SiblingHouse>): void {
  describe(`workers joined by ${carrier}`, () => {
    describeOwners(open);
    describeTalk(open);
    describeSockets(open);
  });
}

type Open = Parameters<typeof describeSiblings>[1];

function describeOwners(open: Open): void {
  test('a call is found in the worker that said it has it, until that says otherwise', async () => {
    const { workers } = await open();
    const [first, second] = workers;
    expect(await second.ownerOf('CA1')).toBeUndefined();
    first.has('CA1');
    expect(await first.ownerOf('CA1')).toBe(first.own);
    expect(await second.ownerOf('CA1')).toBe(first.own);
    first.hasNoMore('CA1');
    expect(await first.ownerOf('CA1')).toBeUndefined();
  });

  test('a worker that never had a call does not take it from the one that has', async () => {
    const { workers } = await open();
    const [first, second] = workers;
    first.has('CA1');
    expect(await first.ownerOf('CA1')).toBe(first.own);
    second.hasNoMore('CA1');
    await second.ownerOf('CA1');
    expect(await first.ownerOf('CA1')).toBe(first.own);
  });

  test('a call that two workers say they have is the one’s that said so first, then the other’s', async () => {
    const { workers, lose } = await open();
    const [first, second, third] = workers;
    first.has('CA1');
    expect(await first.ownerOf('CA1')).toBe(first.own);
    second.has('CA1');
    expect(await second.ownerOf('CA1')).toBe(first.own);
    first.hasNoMore('CA1');
    await first.ownerOf('CA1');
    expect(await second.ownerOf('CA1')).toBe(second.own);
    third.has('CA1');
    await third.ownerOf('CA1');
    await lose(second);
    expect(await first.ownerOf('CA1')).toBe(third.own);
  });

  test('the calls of a lost worker live nowhere', async () => {
    const { workers, lose } = await open();
    const [first, second] = workers;
    first.has('CA1');
    await first.ownerOf('CA1');
    await lose(first);
    expect(await second.ownerOf('CA1')).toBeUndefined();
  });
}

function describeTalk(open: Open): void {
  test('a question is answered by the worker that was asked, and by no other', async () => {
    const { workers } = await open();
    const [asking, ...others] = workers;
    for (const worker of others) {
      worker.onAsked('sum', (args) => Promise.resolve({ args, by: worker.own }));
    }
    for (const { own } of others) {
      expect(await asking.ask(own, 'sum', [1, { two: 2 }])).toEqual({ args: [1, { two: 2 }], by: own });
    }
  });

  test('an error keeps its code and its words on the way back', async () => {
    const { workers } = await open();
    const [asking, asked] = workers;
    const thrown = new EngineError('NUMBER_REFUSED', 'to: rule "country"');
    asked.onAsked('refuse', () => Promise.reject(thrown));
    const { code, message } = thrown;
    const refused = await asking.ask(asked.own, 'refuse', null).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EngineError);
    expect(refused).toMatchObject({ code, message });
  });

  test('who asks a lost worker, or one that is lost before it answers, hears that it is lost', async () => {
    const { workers, lose } = await open();
    const [asking, asked] = workers;
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    asked.onAsked('think', () => {
      reached();
      return new Promise(() => undefined);
    });
    const waiting = asking.ask(asked.own, 'think', null);
    const refused = expect(waiting).rejects.toEqual(LOST);
    await isReached;
    await lose(asked);
    await refused;
    await expect(asking.ask(asked.own, 'think', null)).rejects.toEqual(LOST);
  });

  test('news reach every other worker in order, and not the one that tells them', async () => {
    const { workers } = await open();
    const [telling, ...others] = workers;
    const heard = new Map(workers.map(({ own }) => [own, [] as unknown[]]));
    for (const worker of workers) {
      worker.onTold('news', (args, from) => heard.get(worker.own)?.push([args, from]));
      worker.onAsked('heard', () => Promise.resolve(null));
    }
    for (const args of [1, 2, 3]) telling.tellAll('news', args);
    // What is asked later is heard later.
    for (const { own } of others) await telling.ask(own, 'heard', null);
    const all = [1, 2, 3].map((args) => [args, telling.own]);
    expect(workers.map(({ own }) => heard.get(own))).toEqual([[], all, all]);
  });
}

function describeSockets(open: Open): void {
  test('a socket that is given is read and written where it is given to, from the next byte on', async () => {
    const { workers } = await open();
    const [giving, taking] = workers;
    const { near, far } = await connection();
    const taken = new Promise<{ args: unknown; socket: Socket }>((resolve) => {
      taking.onGiven('purpose', (args, socket) => {
        resolve({ args, socket });
      });
    });
    far.write('to be read there');
    expect(await giving.give(taking.own, 'purpose', { said: 'before' }, near)).toBe(true);
    const { args, socket } = await taken;
    expect(args).toEqual({ said: 'before' });
    const [read] = (await once(socket, 'data')) as [Buffer];
    expect(String(read)).toBe('to be read there');
    socket.end('written there');
    const [answered] = (await once(far, 'data')) as [Buffer];
    expect(String(answered)).toBe('written there');
  });

  test('a socket that is given to a lost worker is closed', async () => {
    const { workers, lose } = await open();
    const [giving, taking] = workers;
    const { near, far } = await connection();
    taking.onGiven('purpose', () => undefined);
    await lose(taking);
    const closed = once(far, 'close');
    far.on('error', () => undefined);
    far.resume();
    expect(await giving.give(taking.own, 'purpose', null, near)).toBe(false);
    await closed;
  });
}
