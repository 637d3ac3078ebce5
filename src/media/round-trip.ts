/** Samples that count: a network changes within a call, and one late answer says little. */
const KEPT = 8;
/** Past this it is no network but a pause of somebody's. */
const LONGEST_MS = 1000;

/**
 * How long a message takes to the carrier and back, in ms: the least of the last
 * few times. 0 until it was measured.
 */
export class RoundTrip {
  #samples: number[] = [];
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  get isKnown(): boolean {
    return this.#samples.length > 0;
  }

  add(ms: number): void {
    this.#samples = [...this.#samples.slice(1 - KEPT), Math.min(LONGEST_MS, Math.max(0, ms))];
    this.#ms = Math.min(...this.#samples);
  }
}
