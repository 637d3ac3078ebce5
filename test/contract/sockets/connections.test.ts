import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Connections } from '../../../src/services/http/connections.ts';
import { SIGNATURE_HEADER } from '../../../src/services/twilio/webhooks/signature.ts';
import { createHttpServer } from '../../../src/services/http/http-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A server that trusts whoever asks for /trusted, on a clock that stands still for {@link Connections} alone. */
async function listen({ lines = 10, isProxy = () => false }: Setup = {}) {
  const clock = new VirtualClock(1_000_000);
  const addressOf = ({ headers }: IncomingMessage) => String(headers['x-client'] ?? 'direct');
  const connections = new Connections({
    lines,
    isProxy,
    addressOf,
    clock,
    signatureHeader: SIGNATURE_HEADER,
  });
  const held: (() => void)[] = [];
  const server: Server = createHttpServer((request, response) => {
    if (request.url === '/trusted') connections.trust(request);
    if (request.url === '/slow') held.push(() => response.end('late'));
    else response.end('here');
  }, connections);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const open = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await first(socket, 'connect', 'close');
    return socket;
  };
  const meet = async (count: number) => {
    const opened: Socket[] = [];
    for (let i = 0; i < count; i++) opened.push(await open());
    return opened;
  };
  return { clock, connections, held, open, meet };
}

interface Setup {
  readonly lines?: number;
  readonly isProxy?: (address: string) => boolean;
}

/** What a connection answers; undefined when it was let go. */
async function ask(socket: Socket, path = '/', header = ''): Promise<string | undefined> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\n`);
  return first(socket, 'data', 'close');
}

/** What the first of the events brings, as text. A reset is an error before it is a close. */
function first(socket: Socket, ...events: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    for (const event of events) {
      socket.once(event, (data: unknown) => {
        resolve(Buffer.isBuffer(data) ? data.toString() : undefined);
      });
    }
  });
}

const isGone = (socket: Socket) => expect.poll(() => socket.destroyed);

describe('connections that have shown no credential', () => {
  test('connections without a credential are 200, and one more closes the oldest', async () => {
    const { clock, connections, meet, open } = await listen();
    const [first, second] = await meet(200);
    clock.advance(1000);
    expect(await ask(await open())).toContain('here');
    if (first === undefined || second === undefined) throw new Error('nobody came');
    await isGone(first).toBe(true);
    expect(second.destroyed).toBe(false);
    expect(connections.strangers).toBe(200);
  });

  test('connections without a credential are closed only after a second, while there is any room', async () => {
    const { clock, connections, meet, open } = await listen({ lines: 300 });
    const sockets = await meet(500);
    expect(connections.strangers).toBe(500);
    const late = await open();
    await isGone(late).toBe(true);
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
    clock.advance(1000);
    expect(await ask(await open())).toContain('here');
    expect(connections.strangers).toBe(200);
  });

  test('connections without a credential are closed after 5 s of silence behind an answer', async () => {
    const { open } = await listen();
    const socket = await open();
    expect(await ask(socket)).toContain('Keep-Alive: timeout=5');
  });
});

describe('a connection that has shown a credential', () => {
  test('a connection with a credential takes none of those places, and is never closed for a newcomer', async () => {
    const { clock, connections, meet, open } = await listen();
    const trusted = await meet(100);
    for (const socket of trusted) await ask(socket, '/trusted');
    expect(connections.strangers).toBe(0);
    await meet(200);
    clock.advance(1000);
    await meet(200);
    expect(trusted.some(({ destroyed }) => destroyed)).toBe(false);
    expect(await ask(await open(), '/trusted')).toContain('here');
  });
});

/** A connection from elsewhere, which this machine may have no way to make. */
class FarSocket extends EventEmitter {
  readonly remoteAddress: string;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
  resetAndDestroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('one address that is not this machine', () => {
  test('one address that is not this machine has 50 places, makes room among its own, and takes none of another', () => {
    const clock = new VirtualClock(1_000_000);
    const connections = new Connections({
      ...{ lines: 10, isProxy: () => false, addressOf: () => '', clock, signatureHeader: SIGNATURE_HEADER },
    });
    const server = createServer();
    connections.serve(server);
    const meet = (address: string) => {
      const socket = new FarSocket(address);
      server.emit('connection', socket);
      return socket;
    };
    const first = meet('192.0.2.1');
    for (let i = 1; i < 50; i++) meet('::ffff:192.0.2.1');
    expect(meet('192.0.2.1').destroyed).toBe(true);
    expect(meet('192.0.2.2').destroyed).toBe(false);
    clock.advance(1000);
    expect(meet('192.0.2.1').destroyed).toBe(false);
    expect(first.destroyed).toBe(true);
    expect(connections.strangers).toBe(51);
  });
});

describe('behind a proxy of the operator’s own', () => {
  const isProxy = (address: string) => address === '127.0.0.1';

  test('behind a proxy of the operator’s own, one client has fifty requests at a time, and others have theirs', async () => {
    const { held, meet, open } = await listen({ isProxy });
    const sockets = await meet(50);
    for (const socket of sockets)
      socket.write('GET /slow HTTP/1.1\r\nHost: x\r\nX-Client: 192.0.2.1\r\n\r\n');
    await expect.poll(() => held.length).toBe(50);
    expect(await ask(await open(), '/', 'X-Client: 192.0.2.1\r\n')).toBeUndefined();
    expect(await ask(await open(), '/', 'X-Client: 192.0.2.2\r\n')).toContain('here');
    // A connection of a proxy carries many: that one of them was trusted lets nobody else in.
    const shared = await open();
    expect(await ask(shared, '/trusted', 'X-Client: 192.0.2.3\r\n')).toContain('here');
    expect(await ask(shared, '/', 'X-Client: 192.0.2.1\r\n')).toBeUndefined();
    const signed = 'X-Client: 192.0.2.1\r\nX-Twilio-Signature: x\r\n';
    expect(await ask(await open(), '/', signed)).toContain('here');
    for (const answer of held) answer();
    await Promise.all(sockets.map((socket) => first(socket, 'data')));
    expect(await ask(await open(), '/', 'X-Client: 192.0.2.1\r\n')).toContain('here');
  });
});
