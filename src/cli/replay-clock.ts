import type { Clock } from '../clock.ts';

interface Timer {
  readonly due: number;
  readonly fn: () => void;
}

/**
 * The clock of a call that is walked through again. A timer fires when the
 * record says that it did; one that should have fired long before what is told
 * next fires as well, and one that is due long after does not, for the record
 * to differ.
 */
export class ReplayClock implements Clock {
  #now: number;
  #lastId = 0;
  readonly #slackMs: number;
  readonly #timers = new Map<number, Timer>();

  /**
   * @param startedAt - ms since the Unix epoch.
   * @param slackMs - how far from its time a timer can have fired.
   */
  constructor(startedAt: number, slackMs: number) {
    this.#now = startedAt;
    this.#slackMs = slackMs;
  }

  now(): number {
    return this.#now;
  }

  steady(): number {
    return this.#now;
  }

  setTimeout(fn: () => void, ms: number): number {
    this.#timers.set(++this.#lastId, { due: this.#now + ms, fn });
    return this.#lastId;
  }

  clearTimeout(id: unknown): void {
    this.#timers.delete(id as number);
  }

  /** Goes to a time. Timers that are overdue by then fire at their own. */
  goTo(at: number): void {
    for (
      let next = this.#next();
      next !== undefined && next[1].due < at - this.#slackMs;
      next = this.#next()
    ) {
      this.#fire(next);
    }
    this.#now = Math.max(this.#now, at);
  }

  /** The next timer fires now, where it is about due. */
  fireNext(): void {
    const next = this.#next();
    if (next !== undefined && next[1].due <= this.#now + this.#slackMs) this.#fire(next);
  }

  #next(): [id: number, timer: Timer] | undefined {
    let found: [number, Timer] | undefined;
    for (const timer of this.#timers) if (found === undefined || timer[1].due < found[1].due) found = timer;
    return found;
  }

  #fire([id, { due, fn }]: [number, Timer]): void {
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, due);
    fn();
  }
}
