import { EventEmitter } from 'node:events';
import type { StreamSocket } from '../../src/services/twilio/stream/twilio-stream.ts';
import type { CarrierSocket } from '../../src/simulator/carrier/carrier-socket.ts';

/** The engine's end of a media socket without a network: what one end sends the other has in the same tick. */
export class EngineEnd extends EventEmitter implements StreamSocket {
  readyState = 1;
  /** Set by a test whose network takes nothing. */
  bufferedAmount = 0;
  pings = 0;
  isPaused = false;
  closedWith: { code: number; reason: string } | undefined;
  isTerminated = false;
  /** Everything sent, as it left. */
  readonly sent: string[] = [];
  far: CarrierEnd | undefined;

  sendText(buffer: Buffer, start: number, end: number): void {
    if (this.readyState !== 1) return;
    const text = buffer.toString('utf8', start, end);
    this.sent.push(text);
    this.far?.emit('message', text, false);
  }

  ping(): void {
    this.pings++;
  }
  pause(): void {
    this.isPaused = true;
  }
  close(code: number, reason: string): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = { code, reason };
    this.#end(code);
  }
  terminate(): void {
    this.isTerminated = true;
    this.#end(1006);
  }
  /** The far end says something; text that is not given as bytes is JSON. */
  hears(message: object | Buffer, isBinary = false): void {
    this.emit('message', Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message)), isBinary);
  }
  /** The far end is gone. */
  dies(code: number): void {
    this.#end(code);
  }
  /** The messages sent, read. */
  get messages(): Record<string, unknown>[] {
    return this.sent.map((text) => JSON.parse(text) as Record<string, unknown>);
  }
  /** Their names, in order. */
  get said(): unknown[] {
    return this.messages.map(({ event }) => event);
  }

  #end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.far?.emit('close', code);
    this.emit('close', code);
  }
}

/** The carrier's end of the same socket. */
export class CarrierEnd extends EventEmitter implements CarrierSocket {
  readonly #engine: EngineEnd;

  constructor(engine: EngineEnd) {
    super();
    this.#engine = engine;
    engine.far = this;
  }
  send(text: string): void {
    this.#engine.hears(Buffer.from(text));
  }
  close(code = 1005): void {
    this.#engine.dies(code);
  }
  terminate(): void {
    this.#engine.dies(1006);
  }
}
