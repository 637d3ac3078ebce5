import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** As much as Node reads at once. */
const READ_BYTES = 65_536;

/**
 * Where every connection of this thread reads to. One is enough: what was read is
 * told before anything else is, and whoever keeps some of it keeps a copy. It
 * stays in the processor's cache, which a new one for each read never does.
 */
const arrivals = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Takes from the front of `buffer[0, length)` what it can use, or nothing. The buffer is lent until it returns.
 * @returns how many bytes it took; the others are pushed into the stream.
 */
export type TakeInPlace = (buffer: Buffer, length: number) => number;

/** What Node has beneath a socket; none of it is documented. */
interface Plumbing {
  _handle: { reading: boolean; readStop(): number } | null;
}
interface HandleOption extends SocketConstructorOpts, ConnectOpts {
  readonly handle: object;
}

/**
 * The same connection as a socket that offers what arrives to `take` before it
 * becomes chunks of a stream.
 *
 * Node reads each piece into 64 KiB of new memory and cuts that to size, which
 * is most of what receiving a short text costs; a socket that is made with
 * `onread` reads into a buffer of ours. Accepted sockets are made without, so
 * their handle is moved to one that has it, and the old one is left empty.
 *
 * What is not plain TCP, or busy, is answered as it is: its chunks come as ever.
 */
export function readInPlace(connection: Duplex, take: TakeInPlace): Duplex {
  if (!isMovable(connection)) return connection;
  const old: Plumbing = connection as unknown as Plumbing;
  const handle = old._handle;
  if (handle === null) return connection;

  const options: HandleOption = {
    handle,
    allowHalfOpen: connection.allowHalfOpen,
    onread: {
      buffer: arrivals,
      callback: (length) => {
        const taken = isRead(moved) ? take(arrivals, length) : 0;
        return taken === length || moved.push(Buffer.from(arrivals.subarray(taken, length)));
      },
    },
  };
  const moved = new Socket(options);
  if ((moved as unknown as Plumbing)._handle !== handle) return connection;
  connection.setTimeout(0);
  old._handle = null;
  moved.once('close', () => connection.destroy()); // Its server counts it until then.
  return moved;
}

/**
 * Reads nothing more, from this moment on: what comes later is for whoever gets the connection.
 * @returns what had been read, and was told to nobody.
 */
export function stopReading(connection: Socket): Buffer {
  connection.pause();
  connection.removeAllListeners('data');
  const pieces: Buffer[] = [];
  for (let piece = readOf(connection); piece !== null; piece = readOf(connection)) pieces.push(piece);
  // A pause leaves the handle reading until the next piece has come, and so does a read.
  const { _handle } = connection as unknown as Plumbing;
  if (_handle?.reading === true) {
    _handle.reading = false;
    _handle.readStop();
  }
  return Buffer.concat(pieces);
}

/** A socket without an encoding gives Buffers. */
const readOf = (connection: Socket) => connection.read() as Buffer | null;

/** True when somebody listens for chunks and none is buffered: it would come first. A paused one does not read at all. */
const isRead = (socket: Socket) => socket.readableLength === 0 && socket.listenerCount('data') > 0;

/** True when nothing is half read or half written. */
function isMovable(connection: Duplex): connection is Socket {
  const isPlain = connection instanceof Socket && !(connection instanceof TLSSocket);
  const isIdle = connection.readableLength === 0 && connection.writableLength === 0;
  return isPlain && isIdle && !connection.destroyed && connection.writable;
}
