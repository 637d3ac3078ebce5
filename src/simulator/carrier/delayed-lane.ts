import type { Clock } from '../../clock.ts';

/** One direction of a network path: everything arrives, in order, after the same delay. No delay: at once. */
export class DelayedLane<Message> {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #deliver: (message: Message) => void;
  readonly #timers = new Set<unknown>();
  #afterLast: (() => void) | undefined;

  constructor(clock: Clock, delayMs: number, deliver: (message: Message) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#deliver = deliver;
  }

  push(message: Message): void {
    if (this.#delayMs <= 0) {
      this.#deliver(message);
      return;
    }
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.#deliver(message);
      if (this.#timers.size === 0) this.#afterLast?.();
    }, this.#delayMs);
    this.#timers.add(timer);
  }

  /** Calls back when nothing is under way any more. */
  whenEmpty(then: () => void): void {
    if (this.#timers.size === 0) then();
    else this.#afterLast = then;
  }

  /** Loses everything that is under way. */
  drop(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
