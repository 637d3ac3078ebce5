import type { Clock } from '../../clock.ts';

export interface RateLimitOptions {
  readonly max: number;
  readonly windowMs: number;
  readonly clock: Clock;
}

/** Keys remembered at most: past it the oldest is forgotten, so that many addresses cannot fill the memory. */
const MAX_KEYS = 10_000;

/** So many events in a sliding window, for each key. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #times = new Map<string, number[]>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Takes one of what is left; answers 0, or the ms to wait when nothing is left. */
  take(key: string): number {
    const { max, windowMs, clock } = this.#options;
    const now = clock.steady();
    const recent = this.#recent(key, now);
    const [oldest] = recent;
    if (recent.length >= max && oldest !== undefined) return oldest + windowMs - now;
    recent.push(now);
    this.#forgetOldest();
    return 0;
  }

  /** One was taken elsewhere, whatever is left here. */
  count(key: string): void {
    const now = this.#options.clock.steady();
    this.#recent(key, now).push(now);
    this.#forgetOldest();
  }

  /** Those of the window that ends now, as the newest key. */
  #recent(key: string, now: number): number[] {
    const since = now - this.#options.windowMs;
    const recent = (this.#times.get(key) ?? []).filter((at) => at > since);
    this.#times.delete(key);
    this.#times.set(key, recent);
    return recent;
  }

  #forgetOldest(): void {
    if (this.#times.size <= MAX_KEYS) return;
    const [oldest] = this.#times.keys();
    if (oldest !== undefined) this.#times.delete(oldest);
  }
}
