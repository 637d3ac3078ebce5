/**
 * Counts what happened within the last so many sweeps: a sliding window that
 * needs no clock, because whoever sweeps is one.
 */
export class RateWindow {
  readonly #counts: number[];
  #at = 0;
  #total = 0;

  constructor(sweeps: number) {
    this.#counts = new Array<number>(sweeps).fill(0);
  }

  /** Counts one more; the answer is how many there are within the window. */
  count(): number {
    this.#counts[this.#at] = (this.#counts[this.#at] ?? 0) + 1;
    return ++this.#total;
  }

  /** Time has passed: the oldest part of the window is forgotten. */
  sweep(): void {
    this.#at = (this.#at + 1) % this.#counts.length;
    this.#total -= this.#counts[this.#at] ?? 0;
    this.#counts[this.#at] = 0;
  }
}
