import { EventEmitter } from 'node:events';
import type { ModelSocket } from '../../../src/services/openai/wire/model-socket.ts';
import type { WireMessage, WireTape } from './wire-tape.ts';

/** What the agent's audio is made of: only its length matters. */
const SOUND = 0x55;

/** The model's end of the socket: says what it said before. */
export class ToldModel extends EventEmitter implements ModelSocket {
  readonly bufferedAmount = 0;
  readyState = 0;
  readonly #tape: WireTape;

  constructor(tape: WireTape) {
    super();
    this.#tape = tape;
  }

  opens(): void {
    this.readyState = 1;
    this.emit('open');
  }

  says(message: WireMessage): void {
    if (this.readyState === 1) this.emit('message', Buffer.from(JSON.stringify(withAudio(message))), false);
  }

  drops(code: number): void {
    this.readyState = 3;
    this.emit('close', code);
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    this.#tape.model('out', buffer.toString('utf8', start, end));
  }
  ping(): void {
    this.emit('pong');
  }
  close(code = 1005): void {
    if (this.readyState === 3) return;
    this.#tape.add({ wire: 'model', way: 'out', closes: code });
    this.drops(code);
  }
  terminate(): void {
    this.close(1006);
  }
}

/** A tape holds how much audio there was. */
const withAudio = (says: WireMessage): WireMessage =>
  typeof says['delta'] === 'number'
    ? { ...says, delta: Buffer.alloc(says['delta'], SOUND).toString('base64') }
    : says;
