import type { Clock } from '../../../clock.ts';

/**
 * How long before its limit a session is to be followed by the next one: in so many minutes there is a moment in which
 * nobody speaks, and time for more than one attempt.
 */
const SPARE_MS = 600_000;

/** Tells when a session that has begun nears the limit that its far end has set. */
export class SessionAge {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onAged: () => void;
  #agesAt: number;
  #timer: unknown;

  /** @param limitMs - how long its far end lets a session last. */
  constructor(clock: Clock, limitMs: number, onAged: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onAged = onAged;
    this.#agesAt = clock.steady() + ageOf(limitMs);
  }

  /**
   * The far end has made the session.
   * @param expiresAt - when it will end it, in s since the Unix epoch, if it says so. By a clock of its own: a longer time
   * than the limit is not believed, nor one that is over.
   */
  made(expiresAt: number | undefined): void {
    const leftMs = expiresAt === undefined ? this.#limitMs : expiresAt * 1000 - this.#clock.now();
    const limitMs = leftMs > 0 ? Math.min(leftMs, this.#limitMs) : this.#limitMs;
    this.#agesAt = this.#clock.steady() + ageOf(limitMs);
  }

  /** The session serves the call: one that has waited for that is as old as it is. */
  begin(): void {
    this.#timer = this.#clock.setTimeout(this.#onAged, Math.max(0, this.#agesAt - this.#clock.steady()));
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}

/** Of a limit that leaves no such time, half. */
const ageOf = (limitMs: number) => Math.max(limitMs - SPARE_MS, limitMs / 2);
