import type { Clock } from '../../../src/clock.ts';

/** Milliseconds on the way, asked anew for each message. */
export type Delay = () => number;

/** One direction of a socket: each message has a delay of its own, and none overtakes another. No delay: at once. */
export class NetworkLane<Message> {
  readonly #clock: Clock;
  readonly #delay: Delay;
  readonly #deliver: (message: Message) => void;
  #lastAt = 0;
  #underWay = 0;

  constructor(clock: Clock, delay: Delay, deliver: (message: Message) => void) {
    this.#clock = clock;
    this.#delay = delay;
    this.#deliver = deliver;
  }

  push(message: Message): void {
    const now = this.#clock.now();
    this.#lastAt = Math.max(this.#lastAt, now + this.#delay());
    if (this.#lastAt === now && this.#underWay === 0) {
      this.#deliver(message);
      return;
    }
    this.#underWay++;
    this.#clock.setTimeout(() => {
      this.#underWay--;
      this.#deliver(message);
    }, this.#lastAt - now);
  }
}
