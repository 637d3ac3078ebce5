import type { Clock } from '../../../src/clock.ts';

/**
 * The life of one process of the engine, on a clock that goes on without it. Whatever leaves the process, or is written
 * down, is an act: before and after each is a point at which it may be killed. What a dead process does comes to nothing.
 */
export class Life {
  /** The process's own timers: they die with it. */
  readonly clock: Clock;
  /** Resolves when it is killed. */
  readonly over: Promise<undefined>;
  readonly #onPoint: (point: string) => void;
  readonly #timers = new Set<unknown>();
  #isOver = false;
  #end: (nothing: undefined) => void = () => undefined;

  /** @param onPoint - told of each point; may end the life. */
  constructor(clock: Clock, onPoint: (point: string) => void) {
    this.#onPoint = onPoint;
    this.over = new Promise((resolve) => (this.#end = resolve));
    this.clock = {
      now: () => clock.now(),
      steady: () => clock.steady(),
      setTimeout: (fn, ms) => {
        const id = clock.setTimeout(() => {
          this.#timers.delete(id);
          if (!this.#isOver) fn();
        }, ms);
        this.#timers.add(id);
        return id;
      },
      clearTimeout: (id) => {
        this.#timers.delete(id);
        clock.clearTimeout(id);
      },
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Does it, unless the process is dead by then. */
  act(what: string, effect: () => void): void {
    if (this.#isOver) return;
    this.#onPoint(`before ${what}`);
    if (this.isOver) return;
    effect();
    this.#onPoint(`after ${what}`);
  }

  kill(): void {
    this.#isOver = true;
    this.#end(undefined);
  }
}
