import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { PAGE_PROTOCOL, protocolsWith } from '../../../src/protocol/socket-token.ts';
import { socketAddress } from '../../../src/services/http/guard.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { StreamServer } from '../../../src/services/twilio/stream/stream-server.ts';
import { StreamTokens } from '../../../src/services/phone/stream-token.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { openDoor } from '../../support/upgrade-router.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const CA = `CA${'0'.repeat(31)}1`;
const MZ = `MZ${'0'.repeat(31)}1`;

/** An engine with Twilio's signatures in force, which a browser cannot make. */
async function listen(guardPage: () => void = () => undefined) {
  const clock = new VirtualClock(1_000_000);
  const tokens = new StreamTokens('secret', clock);
  const attached: string[] = [];
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const host = `127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const server = new StreamServer({
    publicUrl: 'https://calls.example.com',
    authToken: 'not a real token',
    maxConcurrentCalls: 400,
    pagePath: '/api/softphone/stream',
    guardPage,
    tokens,
    journal: { transact: () => Promise.resolve(true) } as unknown as Pick<Journal, 'transact'>,
    attach: (callSid) => attached.push(callSid) > 0,
    onRefused: () => undefined,
    addressOf: socketAddress,
    log: new KeptLog(),
    clock,
  });
  const door = openDoor(http, ...server.routes);
  onTestFinished(() => {
    door.close();
    http.close();
  });
  return { host, tokens, attached };
}

async function knock(
  url: string,
  { token, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
): Promise<WebSocket | number | undefined> {
  const socket = new WebSocket(url, protocolsWith(token), { headers });
  socket.on('error', () => undefined);
  const refused = once(socket, 'unexpected-response') as Promise<[unknown, { statusCode?: number }]>;
  return Promise.race([
    once(socket, 'open').then(() => socket),
    refused.then(([, { statusCode }]) => statusCode),
  ]);
}

const PAGE = { callSid: CA, epoch: 1, peer: 'page' } as const;

test('a browser opens the stream of its call with its token, and signs nothing', async () => {
  const { host, tokens, attached } = await listen();
  const token = tokens.mint(PAGE);
  const headers = { Origin: `http://${host}` };
  const socket = await knock(`ws://${host}/api/softphone/stream`, { token, headers });
  if (!(socket instanceof WebSocket)) throw new Error('the page was refused');
  expect(socket.protocol).toBe(PAGE_PROTOCOL);
  socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
  const start = {
    accountSid: `AC${'0'.repeat(32)}`,
    streamSid: MZ,
    callSid: CA,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token },
  };
  socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', streamSid: MZ, start }));
  await expect.poll(() => attached).toEqual([CA]);
});

test('a stream whose start carries no token is closed, as any carrier’s is', async () => {
  const { host, tokens, attached } = await listen();
  const socket = await knock(`ws://${host}/api/softphone/stream`, { token: tokens.mint(PAGE) });
  if (!(socket instanceof WebSocket)) throw new Error('the page was refused');
  const closed = once(socket, 'close');
  socket.send('{"event":"start"}');
  expect((await closed)[0]).toBe(1008);
  expect(attached).toEqual([]);
});

test.each<[string, (tokens: StreamTokens) => string | undefined]>([
  ['without a token', () => undefined],
  ['with something else for a token', () => 'v2.AAAA.BBBB'],
  ['with a token of the carrier', (tokens) => tokens.mint({ ...PAGE, peer: 'carrier' })],
  ['with a token of another engine', () => new StreamTokens('other', new VirtualClock(1_000_000)).mint(PAGE)],
])('an upgrade %s is refused', async (_what, tokenOf) => {
  const { host, tokens } = await listen();
  const token = tokenOf(tokens);
  const answer = await knock(`ws://${host}/api/softphone/stream`, token === undefined ? {} : { token });
  expect(answer).toBe(403);
});

test('sixteen pages wait for their start, and the next is asked to come later', async () => {
  const { host, tokens } = await listen();
  const answers: unknown[] = [];
  for (let i = 0; i < 17; i++) {
    answers.push(await knock(`ws://${host}/api/softphone/stream`, { token: tokens.mint(PAGE) }));
  }
  expect(answers.slice(0, 16).every((answer) => answer instanceof WebSocket)).toBe(true);
  expect(answers[16]).toBe(503);
});

test.each([{ Origin: 'https://elsewhere.example' }, { Origin: 'null' }])(
  'the page of another site (%j) is refused with the right token',
  async (headers) => {
    const { host, tokens } = await listen();
    expect(await knock(`ws://${host}/api/softphone/stream`, { token: tokens.mint(PAGE), headers })).toBe(403);
  },
);

test('whoever the guard refuses is refused', async () => {
  const { host, tokens } = await listen(() => {
    throw new Error('not from here');
  });
  expect(await knock(`ws://${host}/api/softphone/stream`, { token: tokens.mint(PAGE) })).toBe(403);
});

test('the carrier’s own path stays the carrier’s', async () => {
  const { host, tokens } = await listen();
  expect(await knock(`ws://${host}/twilio/media`, { token: tokens.mint(PAGE) })).toBe(403);
  expect(await knock(`ws://${host}/api/softphone/streams`, { token: tokens.mint(PAGE) })).toBe(404);
});
