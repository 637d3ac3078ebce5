import { EventEmitter } from 'node:events';
import type { ModelSocket } from '../../src/services/openai/wire/model-socket.ts';

/** A pipe in place of a socket to the model: what one end sends the other reads, in the same tick. It knows no word of the wire. */
export class ModelSocketPipe extends EventEmitter implements ModelSocket {
  readyState = 0;
  bufferedAmount = 0;
  pings = 0;
  terminated = false;
  closedWith: number | undefined;
  /** False: a far end that never answers a close. */
  answersClose = true;
  /** False: a far end that is gone, and whose connection nobody has closed. */
  answersPings = true;
  readonly frames: string[] = [];

  open(): void {
    this.readyState = 1;
    this.emit('open');
  }

  /** The far end sends one text frame. */
  says(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }

  saysBinary(data: Buffer): void {
    this.emit('message', data, true);
  }

  /** The far end closes, or the network does. */
  drops(code = 1006): void {
    this.readyState = 3;
    this.emit('close', code);
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    if (this.readyState !== 1) throw new Error('sent on a socket that is not open');
    const text = buffer.toString('utf8', start, end);
    this.frames.push(text);
    this.emit('sent', text);
  }

  ping(): void {
    this.pings++;
    if (this.answersPings) this.emit('pong');
  }

  close(code = 1005): void {
    this.closedWith = code;
    this.readyState = 2;
    if (this.answersClose) this.drops(code);
  }

  terminate(): void {
    this.terminated = true;
    if (this.readyState !== 3) this.drops(1006);
  }
}
