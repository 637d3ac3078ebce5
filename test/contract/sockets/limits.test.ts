import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/clock.ts';
import { Connections } from '../../../src/services/http/connections.ts';
import { socketAddress } from '../../../src/services/http/guard.ts';
import { SIGNATURE_HEADER } from '../../../src/services/twilio/webhooks/signature.ts';
import { createHttpServer } from '../../../src/services/http/http-server.ts';
import { mount } from '../../../src/services/sockets/upgrade-router.ts';
import { openDoor } from '../../support/upgrade-router.ts';

const answered = () =>
  createHttpServer(
    (_request, response) => {
      response.end('here');
    },
    new Connections({
      lines: 10,
      isProxy: () => false,
      addressOf: socketAddress,
      clock: systemClock,
      signatureHeader: SIGNATURE_HEADER,
    }),
  );

test('a request has 10 s for its headers, 15 s in all, and a client that moves nothing 30 s', () => {
  expect(answered()).toMatchObject({ headersTimeout: 10_000, requestTimeout: 15_000, timeout: 30_000 });
});

test('headers over 16 KB are answered 431', async () => {
  const server = answered().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1\.1 431 /);
});

/** A door with one route, whose sockets have the bounds of a stream's. */
async function listen() {
  const http = createServer();
  const opened: WebSocket[] = [];
  const route = mount({
    takes: () => true,
    refusal: () => undefined,
    opened: (socket) => opened.push(socket),
    options: { maxPayload: 1 << 16, maxFragments: 16 },
  });
  const door = openDoor(http, route);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    door.close();
    http.close();
  });
  return { port: (http.address() as AddressInfo).port, opened };
}

test('a socket is never compressed, whatever is on offer', async () => {
  const { port } = await listen();
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/`, { perMessageDeflate: true });
  await once(socket, 'open');
  expect(socket.extensions).toBe('');
});

test('a message in more than sixteen pieces ends its socket', async () => {
  const { port } = await listen();
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/`, { perMessageDeflate: false });
  await once(socket, 'open');
  for (let n = 0; n < 17; n++) socket.send('x', { fin: false });
  expect((await once(socket, 'close'))[0]).toBe(1008);
});

test('a peer that does not answer a close is let go of after two seconds', async () => {
  const { port, opened } = await listen();
  const peer = connect(port, '127.0.0.1');
  peer.on('error', () => undefined);
  peer.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(peer, 'data');
  const [socket] = opened;
  if (socket === undefined) throw new Error('it was not opened');
  const begun = performance.now();
  const closed = once(socket, 'close');
  socket.close(1000);
  await closed;
  expect(performance.now() - begun).toBeLessThan(3000);
  peer.destroy();
});
