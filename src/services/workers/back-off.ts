/** The first wait of a storm, in ms: it doubles with each death, up to the longest. */
const FIRST_MS = 200;
const LONGEST_MS = 30_000;
/** Whoever lived so long, in ms, did not die of its start: what comes after it begins anew. */
const LIVED_LONG_MS = 5000;

/** How long to wait before whoever died is started anew: not at all the first time, and ever longer in a storm. */
export class BackOff {
  #deaths = 0;

  /** @param livedMs - how long the one that has just died took calls; 0 where it never did. */
  waitMs(livedMs: number): number {
    if (livedMs >= LIVED_LONG_MS) this.#deaths = 0;
    const wait = this.#deaths === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#deaths - 1));
    this.#deaths += 1;
    return wait;
  }
}
