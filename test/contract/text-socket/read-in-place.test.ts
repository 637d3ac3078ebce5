import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { TextSocket } from '../../../src/services/sockets/text-socket.ts';
import { frame, traffic } from './frames.ts';
import { tellAll, turn } from './told.ts';
import { holds } from '../../support/properties.ts';

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: here',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  '',
  '',
].join('\r\n');

interface Listening<Kind extends typeof WebSocket> {
  readonly server: InstanceType<typeof WebSocketServer<Kind>>;
  readonly http: Server;
  readonly port: number;
}

async function listen<Kind extends typeof WebSocket>(kind: Kind): Promise<Listening<Kind>> {
  const http = createServer();
  const server = new WebSocketServer<Kind>({
    server: http,
    WebSocket: kind,
    maxPayload: 1 << 16,
    maxFragments: 4,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    http.close();
  });
  return { server, http, port: (http.address() as AddressInfo).port };
}

interface Opened<Kind extends typeof WebSocket> {
  /** The server's end, and what it tells. */
  readonly socket: InstanceType<Kind>;
  readonly told: unknown[];
  readonly closed: Promise<unknown>;
  /** The bare connection at the other end. */
  readonly wire: Socket;
}

/** @param first - what is sent together with the handshake. */
function open<Kind extends typeof WebSocket>(
  { server, port }: Listening<Kind>,
  first = Buffer.alloc(0),
): Promise<Opened<Kind>> {
  // Half open: it talks on after the other end has closed.
  const wire = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  wire.write(Buffer.concat([Buffer.from(HANDSHAKE), first]));
  wire.on('data', () => undefined);
  wire.on('error', () => undefined);
  return new Promise((resolve) => {
    server.once('connection', (socket) => {
      const closed = new Promise((close) => socket.once('close', close));
      resolve({ socket, told: tellAll(socket), closed, wire });
    });
  });
}

describe('a connection that is read in place', () => {
  test('a connection that is read in place delivers what a plain one delivers, however its bytes arrive', async () => {
    const kinds = [await listen(WebSocket), await listen(TextSocket)];
    await holds(
      fc.asyncProperty(
        traffic,
        // The first piece may come together with the handshake.
        fc.boolean(),
        async (pieces, isFirstAtOnce) => {
          const head = isFirstAtOnce ? pieces.slice(0, 1) : [];
          const told: unknown[][] = [];
          for (const listening of kinds) {
            const { told: heard, closed, wire } = await open(listening, Buffer.concat(head));
            told.push(heard);
            for (const piece of pieces.slice(head.length)) {
              wire.write(piece);
              await turn();
            }
            wire.end();
            await closed;
          }
          expect(told[1]).toEqual(told[0]);
        },
      ),
      { runs: 150 },
    );
  });

  test('a connection that is read in place uses the same memory as every other, at either end', async () => {
    const listening = await listen(TextSocket);
    const near = new TextSocket(`ws://127.0.0.1:${String(listening.port)}`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    const [[far]] = (await Promise.all([once(listening.server, 'connection'), once(near, 'open')])) as [
      [TextSocket],
      unknown,
    ];
    const { socket: other, wire } = await open(listening);
    const memory = new Set<unknown>();
    for (const socket of [near, far, other]) socket.on('message', (data: Buffer) => memory.add(data.buffer));
    const all = [near, far, other].map((socket) => once(socket, 'message'));
    near.send('to the far end');
    far.send('to the near end');
    wire.write(frame('to another'));
    await Promise.all(all);
    expect(memory.size).toBe(1);
    near.terminate();
  });

  test('a connection that is read in place keeps its order while nobody reads', async () => {
    const listening = await listen(TextSocket);
    const { socket, told, wire } = await open(listening);
    const later = await open(listening);
    socket.pause();
    wire.write(frame('one'));
    later.wire.write(frame('after it'));
    await once(later.socket, 'message');
    expect(told).toEqual([]);
    wire.write(frame('two'));
    socket.resume();
    while (told.length < 2) await once(socket, 'message');
    expect(told).toEqual(['one', 'two'].map((text) => ({ text, isBinary: false })));
  });

  test('a connection that is read in place is counted by its server until it is closed, and by its bytes', async () => {
    const listening = await listen(TextSocket);
    const { socket, wire } = await open(listening);
    const connections = () =>
      new Promise((resolve) => {
        listening.http.getConnections((_error, count) => {
          resolve(count);
        });
      });
    expect(await connections()).toBe(1);
    const before = socket._socket?.bytesRead ?? 0;
    const said = frame('hello');
    wire.write(said);
    await once(socket, 'message');
    expect((socket._socket?.bytesRead ?? 0) - before).toBe(said.length);
    expect(socket._socket?.remoteAddress).toBe('127.0.0.1');

    const gone = new Promise((resolve) => listening.http.close(resolve));
    wire.end();
    await gone;
    expect(await connections()).toBe(0);
  });
});
