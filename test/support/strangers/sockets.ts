import { connect, type Socket } from 'node:net';

/** Where an attack goes, and what whoever makes it knows. */
export interface Target {
  readonly port: number;
  /** `X-Twilio-Signature` of the stream's upgrade, for attacks of somebody who got hold of one. */
  readonly signature: string;
}

/** A connection whose errors are of no interest. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
  });
  return socket;
}

/** Writes without end, as fast as the network takes it, until the far end is gone or the time is up. */
export async function flood(socket: Socket, piece: Buffer, untilMs: number): Promise<void> {
  while (performance.now() < untilMs && !socket.destroyed) {
    const isTaken = socket.write(piece);
    if (isTaken) await new Promise((resolve) => setImmediate(resolve));
    else await Promise.race([told(socket), after(untilMs - performance.now())]);
  }
}

/** The network takes more, or the far end is gone. */
const told = (socket: Socket) =>
  new Promise((resolve) => {
    for (const event of ['drain', 'close']) socket.once(event, resolve);
  });

/** The length of an attack is what is tried, not what is waited for. */
export const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

export interface Upgrade {
  readonly signature?: string;
  readonly key?: string;
  readonly version?: string;
  readonly more?: string;
}

export const upgradeOf = (
  path: string,
  { signature, key = 'AAAAAAAAAAAAAAAAAAAAAA==', version = '13', more = '' }: Upgrade = {},
) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: ${version}\r\nSec-WebSocket-Key: ${key}\r\n` +
  (signature === undefined ? '' : `X-Twilio-Signature: ${signature}\r\n`) +
  `${more}\r\n`;

/** One masked frame of a client. The mask is zero, which the protocol allows and nobody likes. */
export function frame(opcode: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const head =
    body.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | body.length])
      : body.length < 65_536
        ? Buffer.from([0x80 | opcode, 0xfe, body.length >> 8, body.length & 255])
        : Buffer.concat([
            Buffer.from([0x80 | opcode, 0xff, 0, 0, 0, 0]),
            Buffer.from(Uint32Array.of(body.length).buffer).reverse(),
          ]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

/** Sends an upgrade and waits for the beginning of its answer; undefined when there is none. */
export async function upgraded(
  port: number,
  text: string,
): Promise<{ socket: Socket; status: number | undefined }> {
  const socket = await open(port);
  socket.write(text);
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (data: Buffer) => {
      resolve(data.toString('latin1'));
    });
    socket.once('close', () => {
      resolve('');
    });
  });
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  return { socket, status: status === undefined ? undefined : Number(status) };
}
