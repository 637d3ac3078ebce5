import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { type FormPost, postForm } from '../../../src/simulator/carrier/form-post.ts';
import { VirtualClock, settled } from '../../support/virtual-clock.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  server?.close();
  for (const socket of sockets) socket.destroy();
});

/** A far end that does this with each connection as soon as something was said on it. */
async function farEnd(answer: (socket: Socket, said: string) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      answer(socket, data.toString());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/twilio/voice`;
}

const post = (url: string, more: Partial<FormPost> = {}): FormPost => ({
  ...{ url, headers: { 'x-twilio-signature': 's' }, body: 'CallSid=CA1' },
  ...{ connectMs: 60_000, readMs: 60_000, totalMs: 60_000, ...more },
});

test('a form is posted with its headers, and comes back with status and text', async () => {
  let said = '';
  const url = await farEnd((socket, text) => {
    said = text;
    socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfull');
  });
  expect(await postForm(post(url), systemClock)).toEqual({ status: 503, body: 'full' });
  expect(said).toMatch(/^POST \/twilio\/voice HTTP\/1\.1\r\n/);
  expect(said).toContain('x-twilio-signature: s');
});

test('a form finds no connection where nobody listens', async () => {
  const url = await farEnd(() => undefined);
  server?.close();
  expect(await postForm(post(url), systemClock)).toEqual({ lost: 'ct' });
});

test.each<[string, (socket: Socket) => void]>([
  ['before the answer', (socket) => socket.resetAndDestroy()],
  [
    'in the middle of the answer',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf', () => socket.resetAndDestroy());
    },
  ],
  ['with what is no HTTP', (socket) => socket.end('hello\r\n\r\n')],
])('a form loses its connection that ends %s', async (_when, end) => {
  expect(await postForm(post(await farEnd(end)), systemClock)).toEqual({ lost: 'ct' });
});

test('a form has so long to be answered once it is connected, and so long for all of it', async () => {
  for (const [limits, ms] of [
    [{ connectMs: 100, readMs: 4000 }, 4000],
    [{ connectMs: 100, totalMs: 3000 }, 3000],
  ] as const) {
    const clock = new VirtualClock();
    let heard: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (heard = resolve));
    const url = await farEnd(() => {
      heard();
    });
    let answer: unknown;
    const posted = postForm(post(url, limits), clock).then((one) => (answer = one));
    await asked;
    clock.advance(ms - 1);
    await settled();
    expect(answer).toBeUndefined();
    clock.advance(1);
    await posted;
    expect(answer).toEqual({ lost: 'rt' });
    expect(clock.pending).toBe(0);
    server?.close();
  }
});

test('a form waits for its connection no longer than it may', async () => {
  const clock = new VirtualClock();
  const url = await farEnd(() => undefined);
  // Time passes before the connection can be there.
  const posted = postForm(post(url, { connectMs: 1500 }), clock);
  clock.advance(1500);
  expect(await posted).toEqual({ lost: 'ct' });
});
