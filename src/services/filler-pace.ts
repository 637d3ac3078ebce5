import { FILLERS_APART_MS } from '../machines/call/call.ports.ts';

/** Keeps the fillers of one leg apart: "one moment" twice in a breath is worse than silence. */
export class FillerPace {
  #last = Number.NEGATIVE_INFINITY;

  /** Whether one may be said at this time, in ms; if so, it counts as said. */
  mayFill(nowMs: number): boolean {
    if (nowMs - this.#last < FILLERS_APART_MS) return false;
    this.#last = nowMs;
    return true;
  }
}
