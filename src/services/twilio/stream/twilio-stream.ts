import type { RawData } from 'ws';
import { type AudioPiece, HEAD_ROOM } from '../../../media/audio-piece.ts';
import { ownBytes } from '../../../media/own-bytes.ts';
import type { StreamReply } from '../../../protocol/twilio-stream.ts';
import type { CarrierListener, CarrierStream } from '../../phone/carrier.port.ts';
import type { StreamPeer } from '../../phone/stream-token.ts';
import { sendString } from '../../sockets/text-socket.ts';
import { StreamReader } from './stream-reader.ts';

/** The part of a `ws` socket that a stream uses. */
export interface StreamSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  /** Sends the text at `buffer[start, end)` in one write: `HEADER_ROOM` bytes before it are free, and the buffer is given away. Swallowed while not open. */
  sendText(buffer: Buffer, start: number, end: number): void;
  ping(): void;
  /** Reads nothing more. */
  pause(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  /** The connection beneath, as `ws` has it: Node counts its bytes. */
  readonly _socket?: { readonly bytesRead: number; readonly bytesWritten: number } | null;
  on(event: 'message', listener: (data: RawData, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
}

/** WebSocket.OPEN (RFC 6455 has no number for it; the WHATWG's is 1). */
const OPEN = 1;
const MEDIA_END = Buffer.from('"}}');
/** Ten seconds of frames: longer than a leg takes to start. Past it the oldest go. */
const MAX_WAITING = { messages: 500, bytes: 512 * 1024 };
/** What a far end sends before it has read that it was closed. Past it nothing is read any more. */
const MAX_AFTER_CLOSE = 64 * 1024;

/**
 * A Media Stream that has started: its socket, and which call it belongs to.
 *
 * What arrives before anybody listens waits in order, so that nothing the caller
 * says is lost between `start` and the leg. The socket's errors are listened to
 * by whoever accepted it.
 */
export class TwilioStream implements CarrierStream {
  readonly callSid: string;
  readonly streamSid: string;
  readonly epoch: number;
  readonly peer: StreamPeer;
  readonly #socket: StreamSocket;
  readonly #mediaHead: Buffer;
  readonly #reader: StreamReader;
  readonly #waiting: { data: Buffer; isBinary: boolean }[] = [];
  #waitingBytes = 0;
  /** Bytes that came since the socket was closed from here. */
  #afterClose: number | undefined;
  #listener: CarrierListener | undefined;
  #closedWith: number | undefined;

  constructor(
    socket: StreamSocket,
    ids: { callSid: string; streamSid: string; epoch: number; peer?: StreamPeer },
  ) {
    this.callSid = ids.callSid;
    this.streamSid = ids.streamSid;
    this.epoch = ids.epoch;
    this.peer = ids.peer ?? 'carrier';
    this.#socket = socket;
    this.#reader = new StreamReader(ids.streamSid);
    this.#mediaHead = ownBytes(
      `{"event":"media","streamSid":${JSON.stringify(ids.streamSid)},"media":{"payload":"`,
    );
    socket.on('message', (data, isBinary) => {
      // `ws` gives Buffers unless it is told otherwise.
      if (this.#afterClose !== undefined) this.#ignore(data as Buffer);
      else if (this.#listener !== undefined) this.#read(this.#listener, data as Buffer, isBinary);
      else this.#keep(data as Buffer, isBinary);
    });
    socket.on('close', (code) => {
      this.#closedWith = code;
      this.#listener?.closed(code);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === OPEN;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** As Node counts them. */
  get traffic(): { readonly bytesRead: number; readonly bytesWritten: number } {
    return this.#socket._socket ?? { bytesRead: 0, bytesWritten: 0 };
  }

  listen(listener: CarrierListener | undefined): void {
    this.#listener = listener;
    this.#waitingBytes = 0;
    for (const { data, isBinary } of this.#waiting.splice(0)) {
      if (listener !== undefined) this.#read(listener, data, isBinary);
    }
    if (this.#closedWith !== undefined && this.#listener === listener) listener?.closed(this.#closedWith);
  }

  /** Writes the message around the piece, in its own buffer, and sends it in one call. */
  sendAudio(piece: AudioPiece): void {
    const { buffer, end } = piece;
    const start = HEAD_ROOM - this.#mediaHead.length;
    this.#mediaHead.copy(buffer, start);
    MEDIA_END.copy(buffer, end);
    this.#socket.sendText(buffer, start, end + MEDIA_END.length);
  }

  sendMark(name: string): void {
    this.#say({ event: 'mark', streamSid: this.streamSid, mark: { name } });
  }

  sendClear(): void {
    this.#say({ event: 'clear', streamSid: this.streamSid });
  }

  ping(): void {
    if (this.isOpen) this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#afterClose ??= 0;
    this.#waiting.length = 0;
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #read(listener: CarrierListener, data: Buffer, isBinary: boolean): void {
    try {
      this.#reader.read(data, isBinary, listener);
    } catch (thrown) {
      listener.threw(thrown);
    }
  }

  #say(message: StreamReply): void {
    sendString(this.#socket, JSON.stringify(message));
  }

  #keep(data: Buffer, isBinary: boolean): void {
    this.#waiting.push({ data: Buffer.from(data), isBinary });
    this.#waitingBytes += data.length;
    while (this.#waiting.length > MAX_WAITING.messages || this.#waitingBytes > MAX_WAITING.bytes) {
      this.#waitingBytes -= this.#waiting.shift()?.data.length ?? 0;
    }
  }

  /** A flood goes on after its stream was closed: it would be unmasked for nothing until the socket is gone. */
  #ignore(data: Buffer): void {
    this.#afterClose = (this.#afterClose ?? 0) + data.length;
    if (this.#afterClose > MAX_AFTER_CLOSE) this.#socket.pause();
  }
}
