import { EventEmitter } from 'node:events';
import type { ModelSocket } from '../../../src/services/openai/wire/model-socket.ts';
import type { FarModel } from '../turn-taking/far-model.ts';
import { betaClientEvent, betaServerEvent } from './beta-wire.ts';
import type { WireTape } from './wire-tape.ts';

/** The engine's end of the model's socket: what passes is written down. The far model speaks GA; the wire may be beta. */
export class ModelEnd extends EventEmitter implements ModelSocket {
  readonly #far: FarModel;
  readonly #tape: WireTape;
  readonly #isBeta: boolean;
  #isClosing = false;

  constructor(far: FarModel, tape: WireTape, dialect: 'ga' | 'beta') {
    super();
    this.#far = far;
    this.#tape = tape;
    this.#isBeta = dialect === 'beta';
    far.on('open', () => {
      tape.add({ wire: 'model', way: 'in', opens: 1 });
      this.emit('open');
    });
    far.on('message', (data: Buffer) => {
      const text = this.#isBeta ? betaServerEvent(data.toString()) : data.toString();
      tape.model('in', text);
      this.emit('message', Buffer.from(text), false);
    });
    far.on('pong', () => this.emit('pong'));
    far.on('close', (code: number) => {
      if (!this.#isClosing) tape.add({ wire: 'model', way: 'in', closes: code });
      this.emit('close', code);
    });
  }

  get readyState(): number {
    return this.#far.readyState;
  }
  get bufferedAmount(): number {
    return this.#far.bufferedAmount;
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('utf8', start, end);
    this.#tape.model('out', text);
    this.#tape.sending(() => {
      this.#far.send(this.#isBeta ? betaClientEvent(text) : text);
    });
  }

  ping(): void {
    this.#far.ping();
  }

  close(code = 1005): void {
    this.#leave(code, () => {
      this.#far.close(code);
    });
  }

  terminate(): void {
    this.#leave(1006, () => {
      this.#far.terminate();
    });
  }

  #leave(code: number, leave: () => void): void {
    if (!this.#isClosing && this.readyState !== 3)
      this.#tape.add({ wire: 'model', way: 'out', closes: code });
    this.#isClosing = true;
    this.#tape.sending(leave);
  }
}
