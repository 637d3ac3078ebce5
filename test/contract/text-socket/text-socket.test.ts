import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { HEADER_ROOM, sendString, TextSocket } from '../../../src/services/sockets/text-socket.ts';
import { frame, traffic } from './frames.ts';
import { tellAll, turn } from './told.ts';
import { holds } from '../../support/properties.ts';

const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true } as const;

/** A stream whose far end is the test: what is pushed arrives in just these pieces. */
class Wire extends Duplex {
  readonly written: Buffer[] = [];
  override _read(): void {
    // What comes is pushed.
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    done();
  }
}

/** The server's end of a WebSocket over a wire, and what it tells. */
function serverEnd<Kind extends typeof WebSocket>(wire: Wire, kind: Kind, maxPayload = 1 << 17) {
  const server = new WebSocketServer<Kind>({
    noServer: true,
    WebSocket: kind,
    maxPayload,
    maxFragments: 4,
    ...OPTIONS,
  });
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  Object.assign(request.headers, {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  });
  let socket: InstanceType<Kind> | undefined;
  server.handleUpgrade(request, wire, Buffer.alloc(0), (opened) => {
    socket = opened;
  });
  if (socket === undefined) throw new Error('the handshake was refused');
  return { socket, told: tellAll(socket) };
}

async function deliver(wire: Wire, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    // Read in place: each end gets a piece of its own.
    wire.push(Buffer.from(piece));
    await turn();
  }
  await turn();
}

describe('a text socket', () => {
  test('a text socket delivers what a plain one delivers, however the stream is cut', async () => {
    await holds(
      fc.asyncProperty(traffic, async (pieces) => {
        const told: unknown[][] = [];
        for (const kind of [WebSocket, TextSocket]) {
          const wire = new Wire();
          const end = serverEnd(wire, kind, 1 << 16);
          await deliver(wire, pieces);
          told.push([...end.told]);
          end.socket.terminate();
        }
        expect(told[1]).toEqual(told[0]);
      }),
      { runs: 300 },
    );
  });

  test('a text socket reads a text that comes whole without waking the reader of ws', async () => {
    const wire = new Wire();
    const { socket, told } = serverEnd(wire, TextSocket);
    const { _receiver: reader } = socket;
    let woken = 0;
    Object.assign(reader, {
      _write: (_chunk: Buffer, _encoding: string, done: () => void) => {
        woken++;
        done();
      },
    });
    await deliver(wire, [frame('a'.repeat(300)), Buffer.concat([frame('b'), frame('c'.repeat(5000))])]);
    expect(told).toHaveLength(3);
    expect(woken).toBe(0);
    await deliver(wire, [frame('', { opcode: 9 })]);
    expect(woken).toBe(1);
  });

  test('a text socket refuses a message over its limit, as ws does', async () => {
    const wire = new Wire();
    const { told } = serverEnd(wire, TextSocket, 1000);
    await deliver(wire, [frame('x'.repeat(1000)), frame('x'.repeat(1001))]);
    expect(told).toEqual([{ text: 'x'.repeat(1000), isBinary: false }, 'error Max payload size exceeded']);
  });

  test.each([0, 1, 2, 3, 4, 125, 126, 127, 300, 0xffff, 0x10000, 200_000])(
    'a text socket sends a text of %i bytes each way, between those that ws sends, in order',
    async (length) => {
      const http = createServer();
      const server = new WebSocketServer({
        server: http,
        WebSocket: TextSocket,
        ...OPTIONS,
      });
      onTestFinished(() => {
        for (const client of server.clients) client.terminate();
        http.close();
      });
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      const near = new TextSocket(`ws://127.0.0.1:${String((http.address() as AddressInfo).port)}`, OPTIONS);
      const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'open')])) as [
        [TextSocket],
        unknown,
      ];

      const said = Array.from({ length }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        const heard: string[] = [];
        const all = new Promise<void>((resolve) => {
          to.on('message', (data: Buffer) => {
            if (heard.push(data.toString()) === 4) resolve();
          });
        });
        from.send('before');
        for (let i = 0; i < 2; i++) {
          const buffer = Buffer.alloc(HEADER_ROOM + 3 + length + 5, '!');
          buffer.write(said, HEADER_ROOM + 3);
          from.sendText(buffer, HEADER_ROOM + 3, HEADER_ROOM + 3 + length);
        }
        from.send('after');
        await all;
        expect(heard).toEqual(['before', said, said, 'after']);
      }
    },
  );

  test('a text socket masks with a new key each time, and only as a client', async () => {
    const wire = new Wire();
    const { socket } = serverEnd(wire, TextSocket);
    wire.written.length = 0;
    sendString(socket, 'h\u00e9llo');
    expect(Buffer.concat(wire.written).toString()).toBe(
      Buffer.from('\u0081\u0006', 'latin1').toString() + 'h\u00e9llo',
    );

    const keys = new Set<string>();
    const raw = createServer();
    raw.on('upgrade', (request, stream: Socket) => {
      stream.on('data', (chunk: Buffer) => {
        for (let at = 0; at + 11 <= chunk.length; at += 11) keys.add(chunk.toString('hex', at + 2, at + 6));
      });
      const accept = new WebSocketServer({ noServer: true });
      accept.handleUpgrade(request, stream, Buffer.alloc(0), () => undefined);
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const client = new TextSocket(`ws://127.0.0.1:${String((raw.address() as AddressInfo).port)}`, OPTIONS);
    onTestFinished(() => {
      client.terminate();
      raw.close();
      raw.closeAllConnections();
    });
    await once(client, 'open');
    for (let i = 0; i < 5000; i++) {
      sendString(client, 'hello');
    }
    client.close();
    await once(client, 'close');
    expect(keys.size).toBeGreaterThan(4990);
  });

  test('a text socket drops what is sent before it is open and after it is closed', async () => {
    const wire = new Wire();
    const { socket } = serverEnd(wire, TextSocket);
    socket.terminate();
    const written = wire.written.length;
    const buffer = Buffer.alloc(HEADER_ROOM + 5, 'x');
    expect(() => {
      socket.sendText(buffer, HEADER_ROOM, buffer.length);
    }).not.toThrow();
    await turn();
    expect(wire.written).toHaveLength(written);
  });
});
