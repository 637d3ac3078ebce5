import { type Socket } from 'node:net';
import { after, flood, frame, open, type Target, upgraded, upgradeOf } from './sockets.ts';

/** Every path of the engine that is upgraded, and one that is not. */
const PATHS = ['/nobody', '/twilio/media', '/api/live', '/api/softphone/stream'];

/** An attack; it lets go of everything it holds before it is over. The answer is for the log of the test. */
export type Attack = (target: Target) => Promise<string>;

export const ATTACKS = {
  /** A client that goes away while it is upgraded, as a closed tab does. */
  async resets({ port, signature }) {
    let count = 0;
    for (const path of PATHS) {
      for (const afterMs of [0, 1, 5, 50]) {
        for (const signed of [undefined, signature]) {
          const sockets = await Promise.all(Array.from({ length: 5 }, () => open(port)));
          for (const socket of sockets)
            socket.write(upgradeOf(path, { ...(signed && { signature: signed }) }));
          if (afterMs > 0) await after(afterMs);
          for (const socket of sockets) socket.resetAndDestroy();
          count += sockets.length;
        }
      }
    }
    return `${String(count)} upgrades were reset`;
  },

  /** A frame that no client may send, on each path, right behind the upgrade. */
  async reservedOpcodes({ port, signature }) {
    for (const path of PATHS) {
      for (let n = 0; n < 60; n++) {
        const socket = await open(port);
        socket.resume();
        socket.write(
          Buffer.concat([Buffer.from(upgradeOf(path, { signature })), frame(3, ''), frame(0xb, 'x')]),
        );
        if (n % 3 === 0) socket.resetAndDestroy();
        else socket.end();
      }
    }
    return `${String(60 * PATHS.length)} reserved opcodes`;
  },

  /** Refused in every way that there is; some read their answer, some do not, some send on. */
  async refusals({ port }) {
    const kinds = [
      upgradeOf('/nobody'),
      upgradeOf('/twilio/media'),
      upgradeOf('/api/live'),
      upgradeOf('/api/softphone/stream'),
      upgradeOf('/api/live', { version: '99' }),
      upgradeOf('/twilio/media', { key: 'short' }),
      upgradeOf('/twilio/media', { signature: 'bm9uZSBvZiBpdHM=' }),
    ];
    const sockets: Socket[] = [];
    for (const kind of kinds) {
      for (let n = 0; n < 200; n++) {
        const socket = await open(port);
        socket.write(kind + (n % 2 === 0 ? '' : 'x'.repeat(1000)));
        if (n % 3 === 0) socket.pause();
        else socket.resume();
        if (n % 5 === 0) socket.resetAndDestroy();
        sockets.push(socket);
      }
    }
    await after(2500); // Who reads nothing is let go of after two seconds, and not before.
    for (const socket of sockets) socket.destroy();
    return `${String(sockets.length)} refused upgrades`;
  },

  /** One who may knock and says nothing, by the dozen; beside pages without a token. */
  async idleSockets({ port, signature }) {
    const sockets: Socket[] = [];
    for (let n = 0; n < 100; n++) {
      for (const path of ['/api/softphone/stream', '/api/live']) {
        sockets.push((await upgraded(port, upgradeOf(path))).socket);
      }
      if (n < 8) sockets.push((await upgraded(port, upgradeOf('/twilio/media', { signature }))).socket);
    }
    await after(1500);
    for (const socket of sockets) socket.destroy();
    return `${String(sockets.length)} idle sockets`;
  },

  /** As fast as the network carries it, before a `start`. */
  async floodBeforeStart({ port, signature }) {
    const until = performance.now() + 4000;
    const noise = frame(1, `{"event":"media","x":"${'x'.repeat(60_000)}"}`);
    let sockets = 0;
    while (performance.now() < until) {
      const { socket } = await upgraded(port, upgradeOf('/twilio/media', { signature }));
      sockets++;
      await flood(socket, noise, until);
      socket.destroy();
    }
    return `${String(sockets)} sockets`;
  },

  /** 500 clients that take for ever to say what they want. */
  async slowHeaders({ port }) {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => open(port)));
    for (let second = 0; second < 5; second++) {
      for (const [n, socket] of sockets.entries())
        socket.write('GET / HTTP/1.1\r\n'[(n + second) % 16] ?? 'G');
      await after(1000);
    }
    for (const socket of sockets) socket.destroy();
    return `${String(sockets.filter(({ destroyed }) => destroyed).length)} slow clients`;
  },

  /** 500 clients that ask once, and stay. */
  async keptConnections({ port }) {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => open(port)));
    for (const socket of sockets) {
      socket.resume();
      socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    }
    await after(4000);
    for (const socket of sockets) socket.destroy();
    return '500 kept connections';
  },

  /** 300 clients that ask for something large, and read nothing. */
  async slowReaders({ port }) {
    const sockets = await Promise.all(Array.from({ length: 300 }, () => open(port)));
    for (const socket of sockets) {
      socket.pause();
      for (let n = 0; n < 20; n++) socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    }
    await after(4000);
    for (const socket of sockets) socket.destroy();
    return '300 readers who read nothing';
  },

  /** Offers to speak another protocol, with a body and without. */
  async otherProtocols({ port }) {
    for (let n = 0; n < 200; n++) {
      const socket = await open(port);
      socket.resume();
      const body = n % 2 === 0 ? '' : 'x'.repeat(5000);
      socket.write(
        `POST /twilio/voice HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
          `HTTP2-Settings: AAMAAABk\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
      );
      if (n % 3 === 0) socket.resetAndDestroy();
      else socket.end();
    }
    return '200 offers of HTTP/2';
  },
} as const satisfies Record<string, Attack>;

export type AttackName = keyof typeof ATTACKS;
