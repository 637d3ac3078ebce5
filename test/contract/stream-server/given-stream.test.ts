import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { PAGE_PROTOCOL, protocolsWith } from '../../../src/protocol/socket-token.ts';
import { socketAddress } from '../../../src/services/http/guard.ts';
import type { CarrierStream } from '../../../src/services/phone/carrier.port.ts';
import { type StreamPeer, StreamTokens } from '../../../src/services/phone/stream-token.ts';
import type { DoorRefusal } from '../../../src/services/sockets/refusal.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { StreamServer } from '../../../src/services/twilio/stream/stream-server.ts';
import { StreamHandover } from '../../../src/services/workers/stream-handover.ts';
import { carrierListener } from '../../support/carrier-listener.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { holds } from '../../support/properties.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { openDoor } from '../../support/upgrade-router.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { frame } from '../text-socket/frames.ts';

const CA = `CA${'0'.repeat(31)}1`;
const MZ = `MZ${'0'.repeat(31)}1`;
const AUTH_TOKEN = 'not a real token';
const PUBLIC_URL = 'https://voice.example.com';
const SIGNED = [
  `X-Twilio-Signature: ${createHmac('sha1', AUTH_TOKEN).update('wss://voice.example.com/twilio/media').digest('base64')}`,
];
const PAGE_PATH = '/api/softphone/stream';

/** As soon as a busy machine gets to it: the first socket that is given waits for a process to start. */
const soon = <Value>(look: () => Value | Promise<Value>) => expect.poll(look, { timeout: 20_000 });

/** Workers of one engine: each with a port of its own, so that a test knows where it knocks. */
function engine() {
  const house = Object.assign(new SiblingWorkers(), { slowness: 0 });
  const clock = new VirtualClock(1_000_000);
  const tokens = new StreamTokens('secret', clock);
  const used = new Set<string>();
  const journal = {
    transact: (_name: string, { nonce }: { nonce: string }) => {
      const isFresh = !used.has(nonce);
      used.add(nonce);
      return Promise.resolve(isFresh);
    },
  } as unknown as Pick<Journal, 'transact'>;

  const worker = async (authToken = AUTH_TOKEN) => {
    const siblings = house.join();
    const log = new KeptLog();
    const attached: CarrierStream[] = [];
    const refused: DoorRefusal[] = [];
    const calls = new Set<string>();
    const handover = new StreamHandover(siblings, log);
    const server = new StreamServer({
      ...{ publicUrl: PUBLIC_URL, authToken, maxConcurrentCalls: 400, pagePath: PAGE_PATH },
      ...{ tokens, journal, log, clock, addressOf: socketAddress },
      attach: (callSid, stream) => calls.has(callSid) && attached.push(stream) > 0,
      handOver: async (callSid, socket, request) => {
        for (let turns = 0; turns < house.slowness; turns++) await turn();
        return handover.give(callSid, socket, request);
      },
      onRefused: (refusal) => refused.push(refusal),
      dateOf: (callSid) => (calls.has(callSid) ? clock.now() : undefined),
    });
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    const door = openDoor(http, ...server.routes);
    handover.receive(door);
    onTestFinished(() => {
      door.close();
      http.close();
    });
    const { port } = http.address() as AddressInfo;
    const begin = (callSid = CA) => {
      calls.add(callSid);
      siblings.has(callSid);
    };
    return { siblings, log, attached, refused, http, port, begin };
  };
  return { house, clock, tokens, worker };
}

type Worker = Awaited<ReturnType<ReturnType<typeof engine>['worker']>>;

/** A carrier's bare connection to a worker, upgraded. */
async function knock(
  { port }: Pick<Worker, 'port'>,
  { path = '/twilio/media', headers = SIGNED }: { path?: string; headers?: readonly string[] } = {},
): Promise<{ wire: Socket; read: () => string; closed: Promise<unknown> }> {
  const wire = connect({ port, host: '127.0.0.1', noDelay: true });
  wire.on('error', () => undefined);
  onTestFinished(() => void wire.destroy());
  const closed = new Promise((resolve) => wire.once('close', resolve));
  let read = '';
  const lines = [
    `GET ${path} HTTP/1.1`,
    ...['Host: voice.example.com', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    ...headers,
  ];
  wire.write(`${lines.join('\r\n')}\r\n\r\n`);
  wire.on('data', (bytes) => (read += bytes.toString('latin1')));
  await soon(() => read).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n/);
  read = '';
  return { wire, read: () => read, closed };
}

const json = (message: object) => frame(JSON.stringify(message));
const connected = json({ event: 'connected', protocol: 'Call', version: '1.0.0' });
const startWith = (token: string, callSid = CA) =>
  json({
    event: 'start',
    sequenceNumber: '1',
    streamSid: MZ,
    start: {
      ...{ accountSid: 'AC1', streamSid: MZ, callSid, tracks: ['inbound'] },
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: { token },
    },
  });
const media = (ms: number) =>
  json({
    event: 'media',
    streamSid: MZ,
    media: {
      track: 'inbound',
      timestamp: String(ms),
      payload: Buffer.alloc(160, ms % 251).toString('base64'),
    },
  });
const upTo = (frames: number, from = 0) => Array.from({ length: frames }, (_, at) => (from + at) * 20);

/** When each frame began that a stream has heard, once each frame's audio is what was sent. */
function heardOn(stream: CarrierStream): number[] {
  const heard: number[] = [];
  stream.listen(
    carrierListener({
      audio: (text, start, end, mediaMs = -1) => {
        const audio = Buffer.from(text.toString('latin1', start, end), 'base64');
        heard.push(audio.equals(Buffer.alloc(160, mediaMs % 251)) ? mediaMs : -1);
      },
    }),
  );
  return heard;
}

async function attachedTo({ attached }: Worker, streams = 1): Promise<CarrierStream> {
  await soon(() => attached.length).toBe(streams);
  const stream = attached.at(-1);
  if (stream === undefined) throw new Error('no stream is there');
  return stream;
}

const tokenFor = (tokens: StreamTokens, peer: StreamPeer = 'carrier') =>
  tokens.mint({ callSid: CA, epoch: 1, peer });

test('a stream of a call of another worker is heard there from its first frame, when all comes in one segment', async () => {
  const { tokens, worker } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const { wire, read } = await knock(second);
  wire.write(Buffer.concat([connected, startWith(tokenFor(tokens)), ...upTo(200).map(media)]));
  const stream = await attachedTo(first);
  const heard = heardOn(stream);
  await soon(() => heard).toEqual(upTo(200));
  stream.sendMark('heard by the carrier');
  await soon(read).toContain('heard by the carrier');
  wire.write(Buffer.concat(upTo(50, 200).map(media)));
  await soon(() => heard).toEqual(upTo(250));
  expect(second.attached).toEqual([]);
});

test('no byte of a given stream is lost or doubled, however the bytes arrive and whenever it is given', async () => {
  const { tokens, worker, house } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 });
  let streams = 0;
  await holds(
    fc.asyncProperty(sizes, fc.boolean(), fc.nat({ max: 40 }), async (cuts, isSlow, slowness) => {
      const { wire } = await knock(second);
      house.slowness = slowness;
      const bytes = Buffer.concat([connected, startWith(tokenFor(tokens)), ...upTo(60).map(media)]);
      for (let at = 0, cut = 0; at < bytes.length; cut++) {
        const size = cuts[cut % cuts.length] ?? 1;
        wire.write(bytes.subarray(at, at + size));
        at += size;
        if (isSlow) await turn();
      }
      const heard = heardOn(await attachedTo(first, ++streams));
      await soon(() => heard.length).toBeGreaterThanOrEqual(60);
      expect(heard).toEqual(upTo(60));
      wire.destroy();
    }),
    { runs: 20 },
  );
});

test('a given stream answers pings, and is closed by the worker that has it', async () => {
  const { tokens, worker } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const { wire, read, closed } = await knock(second);
  wire.write(startWith(tokenFor(tokens)));
  const stream = await attachedTo(first);
  wire.write(frame('are you there', { opcode: 9 }));
  await soon(read).toContain('are you there');
  wire.end();
  stream.close(1000, 'call ended');
  await closed;
  expect(read()).toContain('call ended');
});

test('the worker that gave a stream away has nothing of it any more', async () => {
  const { tokens, worker, clock } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const { wire } = await knock(second);
  wire.write(startWith(tokenFor(tokens)));
  await attachedTo(first);
  const connections = () =>
    new Promise((resolve) => {
      second.http.getConnections((_error, count) => {
        resolve(count);
      });
    });
  await soon(connections).toBe(0);
  expect(clock.pending).toBe(0);
  expect([second.refused, second.log.lines]).toEqual([[], []]);
});

test('a stream of a call that lives where it arrives is given to nobody', async () => {
  const { tokens, worker, house } = engine();
  const [first] = [await worker(), await worker()];
  first.begin();
  const { wire } = await knock(first);
  wire.write(Buffer.concat([startWith(tokenFor(tokens)), ...upTo(3).map(media)]));
  const heard = heardOn(await attachedTo(first));
  await soon(() => heard).toEqual(upTo(3));
  expect(house.given).toBe(0);
});

test('the stream of a page is given as the carrier’s is', async () => {
  const { tokens, worker } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const token = tokenFor(tokens, 'page');
  const offered = `Sec-WebSocket-Protocol: ${protocolsWith(token).join(', ')}`;
  expect(offered).toContain(PAGE_PROTOCOL);
  const { wire } = await knock(second, { path: PAGE_PATH, headers: [offered] });
  wire.write(Buffer.concat([startWith(token), ...upTo(3).map(media)]));
  const stream = await attachedTo(first);
  const heard = heardOn(stream);
  await soon(() => heard).toEqual(upTo(3));
  expect(stream.peer).toBe('page');
});

test('the signature of a given stream is checked where it ends up, too', async () => {
  const { tokens, worker } = engine();
  const [first, second] = [await worker('of another account'), await worker()];
  first.begin();
  const { wire, closed } = await knock(second);
  wire.write(startWith(tokenFor(tokens)));
  await closed;
  expect(first.refused).toMatchObject([{ door: 'stream', reason: 'wrong_signature', address: '127.0.0.1' }]);
  expect(first.attached).toEqual([]);
});

test('a token is good for one stream, whichever workers the two arrive at', async () => {
  const { tokens, worker } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const token = tokenFor(tokens);
  const one = await knock(second);
  one.wire.write(startWith(token));
  await attachedTo(first);
  const two = await knock(second);
  two.wire.write(startWith(token));
  await soon(two.read).toContain('TOKEN_REJECTED');
  expect(first.attached).toHaveLength(1);
});

test('a stream without a good token is given to nobody, and nobody is asked whose it is', async () => {
  const { worker, house } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const before = house.questions;
  const { wire, read } = await knock(second);
  wire.write(startWith(tokenFor(new StreamTokens('another', new VirtualClock(1_000_000)))));
  await soon(read).toContain('TOKEN_REJECTED');
  expect([house.questions, house.given]).toEqual([before, 0]);
});

test('a stream goes round between no two workers that are wrong about a call', async () => {
  const { tokens, worker, house } = engine();
  const [first, second] = [await worker(), await worker()];
  first.siblings.has(CA);
  const { wire, read } = await knock(second);
  // As soon as it has been given, the call is said to live where it came from.
  const given = house.nextGiven();
  wire.write(startWith(tokenFor(tokens)));
  await given;
  second.siblings.has(CA);
  await soon(read).toContain('TOKEN_REJECTED');
  expect(house.given).toBe(1);
});

test('the stream of a call whose worker is lost on the way is closed, so that the carrier asks what comes next', async () => {
  const { tokens, worker, house } = engine();
  const [first, second] = [await worker(), await worker()];
  first.begin();
  const { wire, closed } = await knock(second);
  const given = house.nextGiven();
  wire.write(startWith(tokenFor(tokens)));
  await given;
  house.lose(first.siblings);
  await closed;
  expect(second.log.lines).toMatchObject([{ level: 'error', fields: { code: 'SIBLING_LOST', callSid: CA } }]);
});

test('a stream that another version gives in other words is closed, and nothing else comes of it', async () => {
  const { worker } = engine();
  const [first, second] = [await worker(), await worker()];
  const { wire, closed } = await knock(second);
  const given = connect({ port: first.port, host: '127.0.0.1' });
  await once(given, 'connect');
  expect(await second.siblings.give(first.siblings.own, 'stream', { url: '/' }, given)).toBe(true);
  expect(first.log.lines).toMatchObject([{ level: 'error', fields: { code: 'INTERNAL' } }]);
  wire.destroy();
  await closed;
});
