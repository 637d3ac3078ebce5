import type { Clock } from '../../../clock.ts';

const LOOK_EVERY_MS = 100;
/** So long nobody has spoken, and nothing was owed. Less than the pause between two sentences of a caller who has the floor is none. */
export const QUIET_MS = 500;
/** The words of a turn come within a second or two of it. Those that have not come after so much quiet will not. */
const WORDLESS_MS = 3_000;

export interface Quiet {
  /** Nobody speaks, and nothing is owed. */
  readonly isQuiet: () => boolean;
  /** Words of the caller are on their way. */
  readonly areWordsDue: () => boolean;
}

/** Waits for a moment in which nothing is under way in a session. Looks every so often, and only while somebody waits. */
export class QuietWatch {
  readonly #clock: Clock;
  readonly #session: Quiet;
  readonly #onQuiet: () => void;
  #timer: unknown;
  #quietMs = 0;

  constructor(clock: Clock, session: Quiet, onQuiet: () => void) {
    this.#clock = clock;
    this.#session = session;
    this.#onQuiet = onQuiet;
  }

  /** Tells once, whenever it is quiet. */
  start(): void {
    this.stop();
    this.#quietMs = 0;
    this.#schedule();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#look();
    }, LOOK_EVERY_MS);
  }

  #look(): void {
    const { isQuiet, areWordsDue } = this.#session;
    this.#quietMs = isQuiet() ? this.#quietMs + LOOK_EVERY_MS : 0;
    if (this.#quietMs > (areWordsDue() ? WORDLESS_MS : QUIET_MS)) this.#onQuiet();
    else this.#schedule();
  }
}
