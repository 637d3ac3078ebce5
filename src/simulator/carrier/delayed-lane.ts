import type { Clock } from '../../clock.ts';

/** Milliseconds on the way: the same for every message, or asked anew for each. */
export type Delay = number | (() => number);

/** One direction of a network path: everything arrives, in order, each message after its delay. No delay: at once. */
export class DelayedLane<Message> {
  readonly #clock: Clock;
  readonly #delay: Delay;
  readonly #deliver: (message: Message) => void;
  readonly #underWay: Message[] = [];
  readonly #timers = new Set<unknown>();
  #lastAt = 0;
  #afterLast: (() => void) | undefined;

  constructor(clock: Clock, delay: Delay, deliver: (message: Message) => void) {
    this.#clock = clock;
    this.#delay = delay;
    this.#deliver = deliver;
  }

  push(message: Message): void {
    const now = this.#clock.steady();
    const delayMs = typeof this.#delay === 'number' ? this.#delay : this.#delay();
    this.#lastAt = Math.max(this.#lastAt, now + delayMs);
    if (this.#lastAt <= now && this.#underWay.length === 0) {
      this.#deliver(message);
      return;
    }
    this.#underWay.push(message);
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.#deliverNext();
    }, this.#lastAt - now);
    this.#timers.add(timer);
  }

  /** Calls back when nothing is under way any more. */
  whenEmpty(then: () => void): void {
    if (this.#underWay.length === 0) then();
    else this.#afterLast = then;
  }

  /** Loses everything that is under way. */
  drop(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
    this.#underWay.length = 0;
  }

  /** The first that was sent, whichever timer fires: those of a system's clock may overtake each other by a millisecond. */
  #deliverNext(): void {
    const [message] = this.#underWay.splice(0, 1) as [Message];
    this.#deliver(message);
    if (this.#underWay.length === 0) this.#afterLast?.();
  }
}
