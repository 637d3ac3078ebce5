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
  readonly #clock: Clock;
  /** What has come to a process that stands still. */
  #unheard: (() => void)[] | undefined;
  #isOver = false;
  #end: (nothing: undefined) => void = () => undefined;

  /** @param onPoint - told of each point; may end the life. */
  constructor(clock: Clock, onPoint: (point: string) => void) {
    this.#clock = clock;
    this.#onPoint = onPoint;
    this.over = new Promise((resolve) => (this.#end = resolve));
    this.clock = {
      now: () => clock.now(),
      steady: () => clock.steady(),
      setTimeout: (fn, ms) => {
        const id = clock.setTimeout(() => {
          this.hears(() => {
            if (this.#timers.delete(id)) fn();
          });
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

  /** Something comes to the process, which takes it as soon as it can. */
  hears(take: () => void): void {
    if (this.#unheard !== undefined) this.#unheard.push(take);
    else if (!this.#isOver) take();
  }

  /** Its event loop does nothing for so long; what comes meanwhile is taken in order after that. */
  standsStill(ms: number): void {
    const unheard: (() => void)[] = [];
    this.#unheard = unheard;
    this.#clock.setTimeout(() => {
      this.#unheard = undefined;
      for (const take of unheard) this.hears(take);
    }, ms);
  }

  kill(): void {
    this.#isOver = true;
    this.#end(undefined);
  }
}
