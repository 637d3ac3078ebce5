import { dayFrom, midnightOf, wallOf } from '../../wall-clock.ts';

/** The days that ceilings hold for, in one IANA zone: the engine's, whatever zones its businesses think in. */
export class EngineDay {
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** The day of a time in ms, as `2026-11-25`. */
  of(ms: number): string {
    return new Date(wallOf(ms, this.#zone)).toISOString().slice(0, 10);
  }

  /** Ms until the next day begins: days of 23 and 25 hours have their own length. */
  leftOf(ms: number): number {
    return dayFrom(midnightOf(wallOf(ms, this.#zone)), this.#zone).endMs - ms;
  }
}
