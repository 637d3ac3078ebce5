import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { socketAddress } from '../../../src/services/http/guard.ts';
import type { DoorRefusal } from '../../../src/services/sockets/refusal.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { LogSampler } from '../../../src/services/telemetry/log-sampler.ts';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import { refusalTeller } from '../../../src/services/telemetry/refusal-teller.ts';
import type { CarrierStream } from '../../../src/services/phone/carrier.port.ts';
import { StreamServer } from '../../../src/services/twilio/stream/stream-server.ts';
import { StreamTokens } from '../../../src/services/phone/stream-token.ts';
import { carrierListener } from '../../support/carrier-listener.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { openDoor } from '../../support/upgrade-router.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const CA = 'CA00000000000000000000000000000001';
const MZ = 'MZ00000000000000000000000000000001';
const AUTH_TOKEN = 'not a real token';
const signed = (url: string) => ({
  'X-Twilio-Signature': createHmac('sha1', AUTH_TOKEN).update(url).digest('base64'),
});

interface Setup {
  readonly authToken?: string;
  readonly publicUrl?: string;
  /** Held back until the test lets it go, where the order matters. */
  readonly consume?: (args: { nonce: string; epoch: number }) => Promise<boolean>;
  readonly isHere?: boolean;
  readonly maxConcurrentCalls?: number;
}

/** A stream server on a real port, with a journal that knows which tokens were used. */
async function listen({
  authToken,
  publicUrl,
  consume,
  isHere = true,
  maxConcurrentCalls = 400,
}: Setup = {}) {
  const clock = new VirtualClock(1_000_000);
  const log = new KeptLog();
  const tokens = new StreamTokens('secret', clock);
  const used = new Set<string>();
  const consumed: string[] = [];
  const journal = {
    transact: (name: string, args: { nonce: string; epoch: number }) => {
      consumed.push(name);
      if (consume !== undefined) return consume(args);
      const isFresh = !used.has(args.nonce);
      used.add(args.nonce);
      return Promise.resolve(isFresh);
    },
  } as unknown as Pick<Journal, 'transact'>;
  const attached: CarrierStream[] = [];
  const refused: DoorRefusal[] = [];
  const http: Server = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const server = new StreamServer({
    publicUrl: publicUrl ?? `http://localhost:${String(port)}`,
    authToken,
    maxConcurrentCalls,
    tokens,
    journal,
    attach: (_callSid, stream) => {
      if (isHere) attached.push(stream);
      return isHere;
    },
    onRefused: (refusal) => refused.push(refusal),
    addressOf: socketAddress,
    log,
    clock,
  });
  const door = openDoor(http, ...server.routes);
  open.push(() => {
    door.close();
    http.close();
  });
  const url = `ws://127.0.0.1:${String(port)}/twilio/media`;
  return { clock, log, tokens, attached, refused, consumed, port, url };
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Connects; resolves with the socket, or the status that it was refused with. */
async function knock(url: string, headers: Record<string, string> = {}): Promise<WebSocket | number> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  socket.on('error', () => undefined);
  open.push(() => {
    socket.terminate();
  });
  return new Promise((resolve) => {
    socket.once('open', () => {
      resolve(socket);
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
    });
  });
}

async function enter(url: string, headers?: Record<string, string>): Promise<WebSocket> {
  const answer = await knock(url, headers);
  if (typeof answer === 'number') throw new Error(`refused with ${String(answer)}`);
  return answer;
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

const start = (token: string | undefined, callSid = CA) =>
  JSON.stringify({
    event: 'start',
    sequenceNumber: '1',
    start: {
      accountSid: 'AC1',
      streamSid: MZ,
      callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: token === undefined ? {} : { token },
    },
    streamSid: MZ,
  });
const media = (timestamp: number) =>
  JSON.stringify({
    event: 'media',
    media: { track: 'inbound', timestamp: String(timestamp), payload: 'AAAA' },
    streamSid: MZ,
  });
const connected = JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' });

describe('the upgrade', () => {
  test('the upgrade of a stream is let in with the signature of the stream URL', async () => {
    const { url } = await listen({ authToken: AUTH_TOKEN, publicUrl: 'https://voice.example.com' });
    await enter(url, signed('wss://voice.example.com/twilio/media'));
    await enter(url, signed('wss://voice.example.com/twilio/media/'));
  });

  test.each([
    ['no signature', {}],
    ['a signature of the https form', signed('https://voice.example.com/twilio/media')],
    ['a signature of the host that the request names', signed('wss://127.0.0.1/twilio/media')],
    [
      'a page as its origin',
      { ...signed('wss://voice.example.com/twilio/media'), Origin: 'https://voice.example.com' },
    ],
  ])('the upgrade of a stream is refused with 403 for %s', async (_what, headers) => {
    const { url } = await listen({ authToken: AUTH_TOKEN, publicUrl: 'https://voice.example.com' });
    expect(await knock(url, headers)).toBe(403);
  });

  test('the upgrade of a stream with a wrong signature is one log line a minute, which names the checked URL', async () => {
    const { url, refused, clock } = await listen({
      authToken: AUTH_TOKEN,
      publicUrl: 'https://voice.example.com/base',
    });
    for (let n = 0; n < 3; n++) await knock(url, signed(`wss://other-${String(n)}.example.com/twilio/media`));
    const log = new KeptLog();
    const tell = refusalTeller(new Metrics(() => 0), new LogSampler(log, clock));
    for (const refusal of refused) tell(refusal);
    const detail =
      "checked against wss://voice.example.com/base/twilio/media: is PUBLIC_URL what the carrier calls, and TWILIO_AUTH_TOKEN its account's?";
    const line = { door: 'stream', reason: 'wrong_signature', address: '127.0.0.1', detail };
    expect(log.lines).toEqual([{ level: 'warn', fields: line, sentence: 'client refused' }]);
    clock.advance(60_000);
    expect(log.lines.slice(1).map(({ fields }) => fields)).toEqual([{ ...line, leftOut: 1 }]);
    expect(JSON.stringify(log.lines)).not.toMatch(/other-/);
  });

  test('the upgrade of a stream needs no signature from this machine when no auth token is set', async () => {
    const { url } = await listen();
    await enter(url);
  });

  test.each([
    ['through a proxy', undefined, { 'X-Forwarded-For': '1.2.3.4' }],
    ['through a tunnel', undefined, { 'CF-Connecting-IP': '1.2.3.4' }],
    ['from a page', undefined, { Origin: 'http://localhost' }],
    ['when the public URL is not this machine', 'https://voice.example.com', {}],
  ])('the upgrade of a stream is refused without an auth token %s', async (_what, publicUrl, headers) => {
    const { url } = await listen(publicUrl === undefined ? {} : { publicUrl });
    expect(await knock(url, headers)).toBe(403);
  });

  test('an upgrade to another path is left to the server of that path', async () => {
    const { url } = await listen();
    expect(await knock(`${url}/other`)).toBe(404);
    expect(await knock(url.replace('/twilio/media', '/live'))).toBe(404);
  });

  test('an upgrade that is no WebSocket handshake is answered with 400', async () => {
    const { port } = await listen();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /twilio/media HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  test('the upgrade of a stream is refused with 503 while as many sockets as there are lines wait for `start`', async () => {
    const { url, tokens } = await listen({ maxConcurrentCalls: 20 });
    const waiting: WebSocket[] = [];
    for (let i = 0; i < 20; i++) waiting.push(await enter(url));
    expect(await knock(url)).toBe(503);
    waiting[0]?.send(start(tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' })));
    waiting[1]?.terminate();
    await expect.poll(() => knock(url).then((answer) => typeof answer)).toBe('object');
  });
});

describe('a stream', () => {
  test('a stream meets its call once its token is used', async () => {
    const { url, tokens, attached, consumed, clock } = await listen();
    const socket = await enter(url);
    socket.send(connected);
    socket.send(start(tokens.mint({ callSid: CA, epoch: 2, peer: 'carrier' })));
    await expect.poll(() => attached.length).toBe(1);
    expect(attached[0]).toMatchObject({ callSid: CA, streamSid: MZ, epoch: 2, isOpen: true });
    expect(consumed).toEqual(['consumeToken']);
    expect(clock.pending).toBe(0);
  });

  test('a stream names its streamSid once, inside of `start`, where the far end says it once', async () => {
    const { url, tokens, attached } = await listen();
    const socket = await enter(url);
    const token = tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' });
    const message = JSON.parse(start(token)) as object;
    socket.send(JSON.stringify({ ...message, streamSid: undefined }));
    await expect.poll(() => attached.length).toBe(1);
    expect(attached[0]).toMatchObject({ callSid: CA, streamSid: MZ });
  });

  test('a stream loses no message that comes while its token is checked', async () => {
    let burn: (isFresh: boolean) => void = () => undefined;
    const { url, tokens, attached, consumed } = await listen({
      consume: () => new Promise((resolve) => (burn = resolve)),
    });
    const socket = await enter(url);
    socket.send(media(0)); // Before its start: nobody's.
    socket.send(start(tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' })));
    socket.send(media(20));
    await expect.poll(() => consumed.length).toBe(1);
    expect(attached).toEqual([]);
    burn(true);
    await expect.poll(() => attached.length).toBe(1);
    socket.send(media(40));
    const heard: unknown[] = [];
    attached[0]?.listen(
      carrierListener({ audio: (_text, _start, _end, mediaMs) => void heard.push(mediaMs) }),
    );
    await expect.poll(() => heard).toEqual([20, 40]);
  });

  test.each([
    ['has no token', () => undefined],
    [
      'has a token of somebody else',
      () =>
        new StreamTokens('another', new VirtualClock(1_000_000)).mint({
          callSid: CA,
          epoch: 1,
          peer: 'carrier',
        }),
    ],
    ['has something else for a token', () => 'v1.AAAA.BBBB'],
    [
      'has a token for a page',
      (tokens: StreamTokens) => tokens.mint({ callSid: CA, epoch: 1, peer: 'page' }),
    ],
    [
      'has a token of another call',
      (tokens: StreamTokens) => tokens.mint({ callSid: 'CA2', epoch: 1, peer: 'carrier' }),
    ],
  ])('a stream is closed with 1008 when it %s, and no token is used', async (_what, tokenOf) => {
    const { url, tokens, attached, consumed, refused, log } = await listen();
    const socket = await enter(url);
    const token = tokenOf(tokens);
    socket.send(start(token));
    expect(await closeCode(socket)).toBe(1008);
    expect([attached, consumed]).toEqual([[], []]);
    expect(refused).toMatchObject([{ door: 'stream', reason: 'wrong_token', address: '127.0.0.1' }]);
    if (token !== undefined) expect(JSON.stringify([refused, log.lines])).not.toContain(token);
  });

  test('a stream is closed with 1008 when its token has expired', async () => {
    const { url, tokens, clock } = await listen();
    const token = tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' });
    clock.advance(60_000);
    const socket = await enter(url);
    socket.send(start(token));
    expect(await closeCode(socket)).toBe(1008);
  });

  test('a stream is closed with 1008 when its token was used before', async () => {
    const { url, tokens, attached } = await listen();
    const token = tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' });
    const first = await enter(url);
    first.send(start(token));
    await expect.poll(() => attached.length).toBe(1);
    const second = await enter(url);
    second.send(start(token));
    expect(await closeCode(second)).toBe(1008);
    expect(attached).toHaveLength(1);
    expect(first.readyState).toBe(WebSocket.OPEN);
  });

  test('a stream is closed with 1008 when this engine does not have its call, or the journal does not answer', async () => {
    const stranger = await listen({ isHere: false });
    const one = await enter(stranger.url);
    one.send(start(stranger.tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' })));
    expect(await closeCode(one)).toBe(1008);

    const broken = await listen({ consume: () => Promise.reject(new Error('disk full')) });
    const two = await enter(broken.url);
    two.send(start(broken.tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' })));
    expect(await closeCode(two)).toBe(1008);
    expect(broken.attached).toEqual([]);
  });

  test('a stream is closed with 1008 when it sends no `start` within 5 s', async () => {
    const { url, clock } = await listen();
    const socket = await enter(url);
    socket.send(connected);
    clock.advance(4999);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    const code = closeCode(socket);
    clock.advance(1);
    expect(await code).toBe(1008);
  });

  test.each<[string, (string | Buffer)[]]>([
    ['what is no JSON', ['hello']],
    ['something binary', [Buffer.from(connected)]],
    ['a message without a name', ['{}']],
    ['a second `connected`', [connected, connected]],
    ['a `start` that is none', ['{"event":"start"}']],
    [
      'a `start` within another message',
      ['{"event":"media","x":{"event":"start"}}', '{"x":{"event":"start"}}'],
    ],
    ['more than 64 KB', Array.from({ length: 17 }, () => `{"event":"media","x":"${'x'.repeat(4096)}"}`)],
    ['messages without an end', Array.from({ length: 4000 }, () => '{"event":"x"}')],
  ])('a stream is closed with 1008 when it sends %s before `start`', async (_what, messages) => {
    const { url } = await listen();
    const socket = await enter(url);
    for (const message of messages) socket.send(message);
    expect(await closeCode(socket)).toBe(1008);
  });

  test('a stream is closed with 1008 when it sends nothing but pongs before `start`', async () => {
    const { url } = await listen();
    const socket = await enter(url);
    // Pings that come faster than their pongs leave end a socket of `ws` by themselves.
    for (let i = 0; i < 1000; i++) socket.pong('x'.repeat(120));
    expect(await closeCode(socket)).toBe(1008);
  });

  test('a stream is accepted with unknown messages before `start`', async () => {
    const { url, tokens, attached } = await listen();
    const socket = await enter(url);
    socket.send('{ "sequenceNumber": 0, "event" : "hello.v2" }');
    socket.send(start(tokens.mint({ callSid: CA, epoch: 1, peer: 'carrier' })));
    await expect.poll(() => attached.length).toBe(1);
  });

  test('a stream is closed with 1009 when a message is over 64 KB', async () => {
    const { url, log } = await listen();
    const socket = await enter(url);
    socket.send('x'.repeat(65_537));
    expect(await closeCode(socket)).toBe(1009);
    expect(log.lines.some(({ sentence }) => sentence === 'stream socket failed')).toBe(true);
  });
});
