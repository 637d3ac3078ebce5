import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  isFinalRefusal,
  openModelSocket,
  type UpgradeAnswer,
} from '../../../src/services/openai/wire/model-socket.ts';
import { sendString } from '../../../src/services/sockets/text-socket.ts';

const servers: Server[] = [];

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('a socket to the model', () => {
  test('a socket to the model carries text both ways, with its headers and without compression', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: true });
    const url = await listening(server);
    const connected = once(sockets, 'connection');
    const socket = openModelSocket(url, { Authorization: 'Bearer key' });
    const heard = new Promise<string>((resolve) => {
      socket.on('message', (data, isBinary) => {
        resolve(`${data.toString()} ${String(isBinary)}`);
      });
    });
    const [peer, request] = (await connected) as [WebSocket, IncomingMessage];
    expect(request.headers.authorization).toBe('Bearer key');
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    peer.send('hello');
    expect(await heard).toBe('hello false');
    const answered = once(peer, 'message');
    sendString(socket, 'text');
    const [data, isBinary] = (await answered) as [Buffer, boolean];
    expect([data.toString(), isBinary]).toEqual(['text', false]);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    peer.close(1011);
    expect(await closed).toBe(1011);
    sockets.close();
  });

  test('a socket to the model is closed with 1009 when the far end sends more than 4 MB at once', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const url = await listening(server);
    const connected = once(sockets, 'connection');
    const socket = openModelSocket(url, {});
    socket.on('error', () => undefined);
    const [peer] = (await connected) as [WebSocket];
    peer.on('error', () => undefined);
    const closed = once(peer, 'close');
    peer.send('x'.repeat(4 * 1024 * 1024 + 1));
    expect((await closed)[0]).toBe(1009);
    sockets.close();
  });

  test('a socket to the model follows no redirection, and shows its key to nobody else', async () => {
    const other = createServer();
    const seen: unknown[] = [];
    other.on('upgrade', (request: IncomingMessage, duplex) => {
      seen.push(request.headers);
      duplex.destroy();
    });
    const elsewhere = await listening(other);
    const server = createServer();
    server.on('upgrade', (_request, duplex) => {
      duplex.end(`HTTP/1.1 302 Found\r\nLocation: ${elsewhere}\r\nContent-Length: 0\r\n\r\n`);
    });
    const socket = openModelSocket(await listening(server), { Authorization: 'Bearer key' });
    socket.on('error', () => undefined);
    const answer = await new Promise<UpgradeAnswer>((resolve) => {
      socket.on('unexpected-response', (_request, response) => {
        resolve(response);
      });
    });
    expect(answer.statusCode).toBe(302);
    expect(seen).toEqual([]);
  });

  test('a socket to the model tells the status of a far end that does not upgrade', async () => {
    const server = createServer();
    server.on('upgrade', (_, duplex) => {
      duplex.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const socket = openModelSocket(await listening(server), {});
    const answer = await new Promise<UpgradeAnswer>((resolve) => {
      socket.on('unexpected-response', (_, response) => {
        resolve(response);
      });
    });
    expect(isFinalRefusal(answer.statusCode)).toBe(true);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    socket.on('error', () => undefined);
    socket.terminate();
    expect(await closed).toBe(1006);
  });

  test.each([401, 403, 404])('a socket to the model is refused for good with %i', (status) => {
    expect(isFinalRefusal(status)).toBe(true);
  });

  test.each([400, 408, 429, 500, 503, undefined])(
    'a socket to the model may be tried again after %s',
    (status) => {
      expect(isFinalRefusal(status)).toBe(false);
    },
  );
});
