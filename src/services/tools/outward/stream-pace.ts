import type { Clock } from '../../../clock.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A stream that has lasted so long was no failure. */
const LASTED_MS = 60_000;

/**
 * When a stream may be opened again. A server ends its streams when it likes,
 * and says how soon it wants the next one: both together are a flood, so the
 * pace is ours. At once, after half a second, then after twice as long each
 * time, up to half a minute.
 */
export class StreamPace {
  readonly #clock: Clock;
  #openedAt = Number.NEGATIVE_INFINITY;
  #opened = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is time; rejects when the signal aborts before. */
  async next(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#openedAt >= LASTED_MS) this.#opened = 0;
    const waitMs =
      this.#opened === 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (this.#opened - 1), LONGEST_WAIT_MS);
    this.#opened += 1;
    this.#openedAt = now + waitMs;
    if (waitMs === 0) return;
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        this.#clock.clearTimeout(timer);
        reject(new Error('nobody waits for the stream any more'));
      };
      const timer = this.#clock.setTimeout(() => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      }, waitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
    });
  }
}
