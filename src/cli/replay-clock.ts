import type { Clock } from '../clock.ts';

interface Timer {
  readonly due: number;
  readonly fn: () => void;
}

/** How late a timer of the real call can have been, in ms. */
const MAX_LATE_MS = 500;

/**
 * The clock of a call that is walked through again. A timer fires when the
 * record says that it did; one that should have fired long before what is told
 * next fires as well, for the record to differ.
 */
export class ReplayClock implements Clock {
  #now: number;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(startedAt: number) {
    this.#now = startedAt;
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
    for (let next = this.#next(); next !== undefined && next[1].due < at - MAX_LATE_MS; next = this.#next()) {
      this.#fire(next);
    }
    this.#now = Math.max(this.#now, at);
  }

  /** The next timer fires now. False when there is none. */
  fireNext(): boolean {
    const next = this.#next();
    if (next !== undefined) this.#fire(next);
    return next !== undefined;
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
