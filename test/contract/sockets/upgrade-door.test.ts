import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, request as ask, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/clock.ts';
import { mount, UpgradeRouter } from '../../../src/services/sockets/upgrade-router.ts';

/** The paths of a door that does each thing that a door can do. */
const PATHS = ['/taken', '/refused', '/throws', '/fails', '/closes', '/nobody'];

const options = { maxPayload: 1024 };
const routes = () => [
  mount({
    takes: (path) => path === '/taken',
    refusal: () => undefined,
    opened: (socket) => {
      socket.on('message', (data: Buffer) => {
        socket.send(data);
      });
    },
    options,
  }),
  mount({ takes: (path) => path === '/refused', refusal: () => 403, opened: () => undefined, options }),
  mount({
    takes: (path) => path === '/throws',
    refusal: () => {
      throw new Error('of a route');
    },
    opened: () => undefined,
    options,
  }),
  mount({
    takes: (path) => path === '/fails',
    refusal: () => undefined,
    opened: () => {
      throw new Error('of a listener');
    },
    options,
  }),
  mount({
    takes: (path) => path === '/closes',
    refusal: () => undefined,
    opened: (socket) => {
      socket.close(1013, 'come later');
    },
    options,
  }),
];

async function listen() {
  const thrown: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      response.end(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
    });
  });
  const door = new UpgradeRouter(systemClock, routes(), { threw: (what) => thrown.push(what) });
  door.serve(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    door.close();
    server.closeAllConnections();
    server.close();
  });
  return { server, door, thrown, port: portOf(server) };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

const upgradeOf = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${more}\r\n`;

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** What comes back until the peer ends it. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = await connected(port);
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString()));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** Descriptors of this process, which is both ends here. */
const descriptors = () => readdirSync('/proc/self/fd').length;

describe('an upgrade whose client resets the connection', () => {
  // Whatever is not listened to ends the process, and this test with it.
  test.each(PATHS)(
    'an upgrade whose client resets the connection of %s does no harm, however soon it comes',
    async (path) => {
      const { port } = await listen();
      for (const afterMs of [0, 1, 5, 50]) {
        const socket = await connected(port);
        socket.write(upgradeOf(path));
        if (afterMs > 0) await wait(afterMs); // The moment of the reset is what is tried here.
        socket.resetAndDestroy();
      }
      expect(await answerTo(port, upgradeOf('/nobody'))).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  test.each(PATHS)(
    'an upgrade whose client resets the connection of %s does no harm with a frame of a reserved opcode behind it',
    async (path) => {
      const { port } = await listen();
      const socket = await connected(port);
      socket.resume();
      socket.write(Buffer.concat([Buffer.from(upgradeOf(path)), Buffer.from([0x83, 0x80, 0, 0, 0, 0])]));
      await once(socket, 'close');
      expect(await answerTo(port, upgradeOf('/nobody'))).toMatch(/^HTTP\/1\.1 404 /);
    },
  );
});

describe('an upgrade that is refused', () => {
  test.each([
    ['/nobody', '404 Not Found'],
    ['/refused', '403 Forbidden'],
    ['/throws', '500 Internal Server Error'],
  ])('a refused upgrade of %s is answered %s and closed', async (path, status) => {
    const { port } = await listen();
    expect(await answerTo(port, upgradeOf(path))).toBe(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  });

  test('a refused upgrade with data behind the request is answered, and the data is dropped', async () => {
    const { port } = await listen();
    const answer = await answerTo(port, upgradeOf('/refused') + 'x'.repeat(1_000_000));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('an upgrade that is no handshake is refused with 400', async () => {
    const { port } = await listen();
    const text = upgradeOf('/taken').replace('Version: 13', 'Version: 99');
    expect(await answerTo(port, text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a refused upgrade leaves no descriptor behind, whether its client reads, leaves or stays', async () => {
    const { port } = await listen();
    const before = descriptors();
    const sockets: Socket[] = [];
    for (const path of PATHS.filter((each) => each !== '/taken')) {
      for (let n = 0; n < 40; n++) {
        const socket = await connected(port);
        sockets.push(socket);
        socket.write(upgradeOf(path) + (n % 2 === 0 ? '' : 'more'.repeat(1000)));
        if (n % 4 === 0) socket.pause();
        else socket.resume();
        if (n % 5 === 0) socket.resetAndDestroy();
      }
    }
    // Both ends are counted: those who stay see the end of the connection, and close their own.
    for (const socket of sockets) if (!socket.destroyed) socket.resume();
    await expect.poll(descriptors, { timeout: 5000 }).toBeLessThanOrEqual(before);
  });

  test('a refused upgrade is dropped after 2 s when its client reads nothing', async () => {
    const { port, server } = await listen();
    const socket = await connected(port);
    socket.pause();
    socket.write(upgradeOf('/refused'));
    const open = () =>
      new Promise<number>((resolve) => {
        server.getConnections((_, count) => {
          resolve(count);
        });
      });
    await expect.poll(open, { timeout: 3000 }).toBe(0);
    socket.destroy();
  });
});

test('an exception of a route refuses that upgrade, is told, and no other notices', async () => {
  const { port, thrown } = await listen();
  const other = new WebSocket(`ws://127.0.0.1:${String(port)}/taken`);
  await once(other, 'open');
  await answerTo(port, upgradeOf('/throws'));
  await answerTo(port, upgradeOf('/fails'));
  expect(thrown.map(String)).toEqual(['Error: of a route', 'Error: of a listener']);
  other.send('still here');
  const [echo] = (await once(other, 'message')) as [Buffer];
  expect(echo.toString()).toBe('still here');
  other.terminate();
});

describe('an offer to speak another protocol', () => {
  const offer = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };

  test.each([
    ['GET', ''],
    ['POST', 'a body that came with it'],
    ['PUT', 'x'.repeat(300_000)],
  ])(
    'an offer to speak another protocol is ignored: the %s is answered as any other',
    async (method, body) => {
      const { port } = await listen();
      const request = ask({ port, method, path: '/calls?limit=1', headers: offer });
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      let text = '';
      for await (const part of response) text += String(part);
      expect([response.statusCode, text]).toEqual([200, `${method} /calls?limit=1 ${body}`]);
    },
  );

  test('an offer to speak another protocol is ignored beside one to speak WebSocket', async () => {
    const { port } = await listen();
    const answer = await answerTo(
      port,
      upgradeOf('/nobody').replace('Upgrade: websocket', 'Upgrade: h2c, websocket'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('an offer to speak another protocol whose client resets the connection does no harm', async () => {
    const { port } = await listen();
    const socket = await connected(port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    socket.resetAndDestroy();
    expect(await answerTo(port, upgradeOf('/nobody'))).toMatch(/^HTTP\/1\.1 404 /);
  });
});

test('closing the door ends its sockets and its refused connections at once', async () => {
  const { port, door } = await listen();
  const taken = new WebSocket(`ws://127.0.0.1:${String(port)}/taken`);
  await once(taken, 'open');
  const refused = await connected(port);
  refused.pause();
  refused.write(upgradeOf('/refused'));
  const ended = once(taken, 'close');
  door.close();
  expect((await ended)[0]).toBe(1006);
  refused.destroy();
});
