import { DateTime } from 'luxon';

/** The days that ceilings hold for, in one IANA zone: the engine's, whatever zones its businesses think in. */
export class EngineDay {
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** The day of a time in ms, as `2026-11-25`. */
  of(ms: number): string {
    return this.#at(ms).toFormat('yyyy-MM-dd');
  }

  /** Ms until the next day begins: days of 23 and 25 hours have their own length. */
  leftOf(ms: number): number {
    return this.#at(ms).plus({ days: 1 }).startOf('day').toMillis() - ms;
  }

  #at(ms: number): DateTime {
    return DateTime.fromMillis(ms, { zone: this.#zone });
  }
}
