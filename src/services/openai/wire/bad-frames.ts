import type { Clock } from '../../../clock.ts';

const MAX_BAD = 20;
const WITHIN_MS = 10_000;

/** Counts frames that cannot be read. One is nothing; twenty in ten seconds are another protocol. */
export class BadFrames {
  readonly #clock: Clock;
  readonly #times: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more. True when they have become too many. */
  add(): boolean {
    const now = this.#clock.steady();
    this.#times.push(now);
    while (this.#times.length > MAX_BAD || now - (this.#times[0] ?? now) > WITHIN_MS) this.#times.shift();
    return this.#times.length === MAX_BAD;
  }
}
