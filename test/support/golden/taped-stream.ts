import { EngineEnd } from '../stream-pair.ts';
import type { WireTape } from './wire-tape.ts';

/** The engine's end of a stream of the carrier's: what passes is written down. */
export class TapedStream extends EngineEnd {
  readonly #tape: WireTape;
  #isClosing = false;

  constructor(tape: WireTape) {
    super();
    this.#tape = tape;
    this.on('message', (data: Buffer) => {
      tape.carrier('in', data.toString());
    });
    this.on('close', (code: number) => {
      if (!this.#isClosing) tape.add({ wire: 'carrier', way: 'in', closes: code });
    });
  }

  override sendText(buffer: Buffer, start: number, end: number): void {
    if (this.readyState === 1) this.#tape.carrier('out', buffer.toString('utf8', start, end));
    this.#tape.sending(() => {
      super.sendText(buffer, start, end);
    });
  }

  override close(code: number, reason: string): void {
    this.#leave(code, () => {
      super.close(code, reason);
    });
  }

  override terminate(): void {
    this.#leave(1006, () => {
      super.terminate();
    });
  }

  #leave(code: number, leave: () => void): void {
    if (!this.#isClosing && this.readyState === 1)
      this.#tape.add({ wire: 'carrier', way: 'out', closes: code });
    this.#isClosing = true;
    this.#tape.sending(leave);
  }
}
