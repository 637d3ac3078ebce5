import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { StreamServer } from '../../../src/services/twilio/stream-server.ts';
import { StreamTokens } from '../../../src/services/twilio/stream-token.ts';
import { KeptLog } from '../../support/phone-leg.ts';
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
    pagePath: '/api/softphone/stream',
    guardPage,
    tokens,
    journal: { transact: () => Promise.resolve(true) } as unknown as Pick<Journal, 'transact'>,
    attach: (callSid) => attached.push(callSid) > 0,
    log: new KeptLog(),
    clock,
  });
  http.on('upgrade', (request, socket, head) => {
    if (!server.handleUpgrade(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  onTestFinished(() => {
    server.close();
    http.close();
  });
  return { host, tokens, attached };
}

async function knock(
  url: string,
  headers: Record<string, string> = {},
): Promise<WebSocket | number | undefined> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const refused = once(socket, 'unexpected-response') as Promise<[unknown, { statusCode?: number }]>;
  return Promise.race([
    once(socket, 'open').then(() => socket),
    refused.then(([, { statusCode }]) => statusCode),
  ]);
}

test('a browser opens the stream of its call with its token, and signs nothing', async () => {
  const { host, tokens, attached } = await listen();
  const socket = await knock(`ws://${host}/api/softphone/stream`, { Origin: `http://${host}` });
  if (!(socket instanceof WebSocket)) throw new Error('the page was refused');
  socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
  const start = {
    accountSid: `AC${'0'.repeat(32)}`,
    streamSid: MZ,
    callSid: CA,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: tokens.mint({ callSid: CA, epoch: 1 }) },
  };
  socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', streamSid: MZ, start }));
  await expect.poll(() => attached).toEqual([CA]);
});

test('a stream without a token is closed, as any carrier’s is', async () => {
  const { host, attached } = await listen();
  const socket = await knock(`ws://${host}/api/softphone/stream`);
  if (!(socket instanceof WebSocket)) throw new Error('the page was refused');
  const closed = once(socket, 'close');
  socket.send('{"event":"start"}');
  expect((await closed)[0]).toBe(1008);
  expect(attached).toEqual([]);
});

test.each([{ Origin: 'https://elsewhere.example' }, { Origin: 'null' }])(
  'the page of another site (%j) does not get as far as its token',
  async (headers) => {
    const { host } = await listen();
    expect(await knock(`ws://${host}/api/softphone/stream`, headers)).toBe(403);
  },
);

test('whoever the guard refuses is refused', async () => {
  const { host } = await listen(() => {
    throw new Error('not from here');
  });
  expect(await knock(`ws://${host}/api/softphone/stream`)).toBe(403);
});

test('the carrier’s own path stays the carrier’s', async () => {
  const { host } = await listen();
  expect(await knock(`ws://${host}/twilio/media`)).toBe(403);
  expect(await knock(`ws://${host}/api/softphone/streams`)).toBe(404);
});
