import type { Clock } from '../../src/clock.ts';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly fn: () => void;
}

/**
 * A clock that moves only when it is told to.
 *
 * Timers fire in the order of their times, ties in the order they were set, and
 * `now()` shows each timer its own time: chained timers are exact. Times are
 * milliseconds and may have fractions. A binary heap keeps a setting, a
 * clearing and a firing at O(log n), so that hours of 20 ms frames are cheap.
 */
export class VirtualClock implements Clock {
  #now: number;
  /** By how much somebody has set the machine's clock. */
  #setBy = 0;
  #lastId = 0;
  readonly #heap: Timer[] = [];
  readonly #live = new Set<number>();

  /** @param startMs - what `now()` says at first, in milliseconds since the Unix epoch. */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now + this.#setBy;
  }

  steady(): number {
    return this.#now;
  }

  /** Somebody sets the machine's clock: dates jump, and no time passes. */
  setWall(byMs: number): void {
    this.#setBy += byMs;
  }

  /** How many timers are waiting. Zero at the end of a test means that nothing was left behind. */
  get pending(): number {
    return this.#live.size;
  }

  setTimeout(fn: () => void, ms: number): number {
    const id = ++this.#lastId;
    this.#live.add(id);
    this.#push({ id, at: this.#now + Math.max(0, ms), fn });
    return id;
  }

  clearTimeout(id: unknown): void {
    this.#live.delete(id as number);
  }

  /** Lets `ms` milliseconds pass at once. Promises do not settle in between: see `run`. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#fireNext(end));
    this.#now = end;
  }

  /** Lets `ms` milliseconds pass, and after each timer whatever promises, and messages between threads' ends, it settled. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    while (this.#fireNext(end)) await settled();
    this.#now = end;
  }

  #fireNext(end: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > end) return false;
      this.#pop();
      if (!this.#live.delete(next.id)) continue; // Cleared.
      this.#now = next.at;
      next.fn();
      return true;
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !isBefore(timer, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

const isBefore = (one: Timer, other: Timer) =>
  one.at < other.at || (one.at === other.at && one.id < other.id);

/** Resolves when every promise that can settle by now has done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
