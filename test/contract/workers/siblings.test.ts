import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { Pipe } from '../../../src/services/workers/pipe.ts';
import { sideTo } from '../../../src/services/workers/pipe-sides.ts';
import { Switchboard } from '../../../src/services/workers/switchboard.ts';
import { builtPath } from '../../support/built-sources.ts';
import type { SiblingErrand } from '../../support/sibling-process.ts';

const PROGRAM = builtPath(new URL('../../support/sibling-process.ts', import.meta.url));

/** A worker in a process of its own. */
class FarWorker {
  readonly number: number;
  readonly pipe: Pipe;
  readonly #child: ChildProcess;
  readonly #switchboard: Switchboard;

  constructor(number: number, switchboard: Switchboard) {
    this.number = number;
    this.#switchboard = switchboard;
    this.#child = fork(PROGRAM, [String(number)], { serialization: 'advanced' });
    this.pipe = new Pipe(sideTo(this.#child), systemClock);
    switchboard.connect(number, this.pipe);
    const gone = once(this.#child, 'exit');
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await gone;
    });
  }

  does(does: SiblingErrand['does'], ...args: readonly unknown[]): Promise<unknown> {
    const errand: SiblingErrand = { does, args };
    return this.pipe.ask('errand', errand);
  }

  /** It takes nothing any more that is sent to it. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Its process has ended, and nobody has noticed. */
  async end(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** As its supervisor does when it is gone. @returns the calls that lived in it. */
  async die(): Promise<string[]> {
    await this.end();
    this.pipe.cut();
    return this.#switchboard.disconnect(this.number);
  }
}

async function workers() {
  const switchboard = new Switchboard();
  const all = [1, 2, 3].map((number) => new FarWorker(number, switchboard));
  const [one, two, three] = all;
  if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
  // Each has loaded what it runs.
  await Promise.all(all.map((worker) => worker.does('stand')));
  return { switchboard, one, two, three };
}

const lost = expect.objectContaining({ code: 'SIBLING_LOST' }) as Error;

test('workers know in which of them a call lives, until it ends or its worker does', async () => {
  const { one, two, three } = await workers();
  await one.does('has', 'CA1');
  await two.does('has', 'CA2');
  expect(await three.does('ownerOf', 'CA1')).toBe(1);
  await three.does('hasNoMore', 'CA1');
  expect(await two.does('ownerOf', 'CA1')).toBe(1);
  await one.does('hasNoMore', 'CA1');
  expect(await two.does('ownerOf', 'CA1')).toBeUndefined();
  expect(await two.die()).toEqual(['CA2']);
  expect(await one.does('ownerOf', 'CA2')).toBeUndefined();
});

test('a worker that is asked answers the one who asks, and an error keeps its code', async () => {
  const { one } = await workers();
  const said = { list: [1, new Date(0), new Map([['a', undefined]])] };
  expect(await one.does('ask', 3, 'double', said)).toEqual([said, said, 3]);
  expect(await one.does('ask', 1, 'double', 'self')).toEqual(['self', 'self', 1]);
  await expect(one.does('ask', 2, 'refuse', null)).rejects.toMatchObject({
    code: 'NUMBER_REFUSED',
    message: 'the phone number is not allowed: rule "country"',
  });
  await expect(one.does('ask', 2, 'sing', null)).rejects.toMatchObject({ code: 'INTERNAL' });
});

test('who asks a worker that is gone, or goes, hears that it is lost', async () => {
  const { one, two, three } = await workers();
  const isGoing = expect(one.does('ask', 2, 'ponder', null)).rejects.toEqual(lost);
  await two.die();
  await isGoing;
  await expect(one.does('ask', 2, 'double', 1)).rejects.toEqual(lost);
  expect(await three.does('ask', 1, 'double', 1)).toEqual([1, 1, 1]);
});

test('news reach all other workers in their order, and not the one who tells them', async () => {
  const { one, two, three } = await workers();
  await two.does('tellAll', 'weather', 'rain');
  await two.does('tellAll', 'weather', 'sun');
  await one.does('tellAll', 'weather', 'wind');
  expect(await one.does('heard')).toEqual([
    ['rain', 2],
    ['sun', 2],
  ]);
  expect(await two.does('heard')).toEqual([['wind', 1]]);
  expect(await three.does('heard')).toEqual([
    ['rain', 2],
    ['sun', 2],
    ['wind', 1],
  ]);
});

test('a socket that goes from worker to worker in the middle of a stream loses no byte, either way', async () => {
  const { one } = await workers();
  const route = [2, 3, 1, 3, 2, 1, 2, 3];
  const port = await one.does('listen', route);
  const said = Buffer.alloc(400_000);
  for (let at = 0; at < said.length; at += 4) said.writeUInt32LE(at, at);
  const client = connect(Number(port), '127.0.0.1');
  const heard: Buffer[] = [];
  let length = 0;
  const isHeard = new Promise<void>((resolve, reject) => {
    client.on('data', (part: Buffer) => {
      heard.push(part);
      length += part.length;
      if (length >= said.length) resolve();
    });
    client.on('error', reject);
    client.on('close', reject);
  });
  // In pieces: most of them come while the socket is under way.
  for (let at = 0; at < said.length; at += 1000) {
    client.write(said.subarray(at, at + 1000));
    if (at % 10_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await isHeard;
  expect(Buffer.concat(heard).equals(said)).toBe(true);
  client.destroy();
});

test('what a worker has written to a socket is heard before what the worker writes to whom it is given', async () => {
  const { one } = await workers();
  const [large, last] = [32 * 1024 * 1024, Buffer.from('the end')];
  const client = connect(Number(await one.does('listen', [2], large)), '127.0.0.1');
  client.write(last);
  let length = 0;
  let heard = Buffer.alloc(0);
  for await (const part of client as AsyncIterable<Buffer>) {
    length += part.length;
    heard = Buffer.concat([heard, part]).subarray(-last.length);
    if (length >= large + last.length) break;
  }
  expect(length).toBe(large + last.length);
  expect(heard.equals(last)).toBe(true);
});

/** Somebody connects to a worker, which gives it the second one. Resolves with the end of that. */
async function givenAway(port: unknown) {
  const client = connect(Number(port), '127.0.0.1');
  client.on('error', () => undefined);
  client.resume();
  const closed = once(client, 'close');
  await once(client, 'connect');
  client.write(Buffer.alloc(30_000));
  return { closed };
}

test('a socket that is given to a worker that is gone is closed', async () => {
  const { one, two } = await workers();
  await two.die();
  const { closed } = await givenAway(await one.does('listen', [2]));
  await closed;
});

test('sockets that are given to a worker that ends before it has taken them are closed', async () => {
  const { one, two } = await workers();
  const port = await one.does('listen', [2]);
  two.freeze();
  const given = vi.spyOn(two.pipe, 'ask');
  // One of them is under way, and the others wait for it.
  const clients = [await givenAway(port), await givenAway(port), await givenAway(port)];
  await vi.waitFor(() => {
    expect(given).toHaveBeenCalledTimes(3);
  });
  await two.die();
  await Promise.all(clients.map(({ closed }) => closed));
});

test('a socket that is given to a worker whose end nobody has noticed is closed', async () => {
  const { one, two } = await workers();
  await two.end();
  const { closed } = await givenAway(await one.does('listen', [2]));
  await closed;
});
