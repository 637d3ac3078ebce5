import type { CarrierEvent } from '../../../src/simulator/carrier/carrier-events.ts';

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** When the caller hears the agent, and when the caller speaks. Times are ms of the world's clock. */
export class Hearing {
  readonly #now: () => number;
  readonly #heard: Stretch[] = [];
  readonly #spoken: Stretch[] = [];
  #audibleSince: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  take({ type }: CarrierEvent): void {
    if (type === 'agent.audible') this.#audibleSince ??= this.#now();
    else if ((type === 'agent.quiet' || type === 'stream.ended') && this.#audibleSince !== undefined) {
      this.#heard.push({ from: this.#audibleSince, to: this.#now() });
      this.#audibleSince = undefined;
    }
  }

  speaks(ms: number): void {
    this.#spoken.push({ from: this.#now(), to: this.#now() + ms });
  }

  /** For how long nothing of the agent has been heard, the caller's own words left out. */
  get silentMs(): number {
    if (this.#audibleSince !== undefined) return 0;
    return this.#silenceIn({ from: this.#heard.at(-1)?.to ?? 0, to: this.#now() });
  }

  /** The longest time within which the agent was not heard and the caller did not speak. */
  longestSilence(from: number, to: number): number {
    const heard = [
      ...this.#heard,
      ...(this.#audibleSince === undefined ? [] : [{ from: this.#audibleSince, to }]),
    ];
    let longest = 0;
    let at = from;
    for (const each of [...heard.filter(({ to: end }) => end > from), { from: to, to }]) {
      if (each.from > at)
        longest = Math.max(longest, this.#silenceIn({ from: at, to: Math.min(each.from, to) }));
      at = Math.max(at, each.to);
    }
    return longest;
  }

  #silenceIn({ from, to }: Stretch): number {
    const spokenMs = this.#spoken.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.to, to) - Math.max(each.from, from)),
      0,
    );
    return Math.max(0, to - from - spokenMs);
  }
}
