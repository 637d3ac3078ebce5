import type { Clock } from '../../clock.ts';
import { tooMany } from './guard.ts';
import { RateLimit } from './rate-limit.ts';

/**
 * How often what writes, or costs, can be asked for in a minute, by all
 * operators together: they share one token. A stolen one, and a script that
 * loops, get that far. What only reads is not counted.
 */
export const WRITE_LIMITS = {
  /** Each is synced to disk, or said by a model: a loop must starve neither. */
  writes: 60,
  /** Each opens a session of the model. */
  testCalls: 20,
  /** The console asks whenever whoever edits pauses. */
  previews: 120,
  /** A sentence costs a core some 50 ms; nobody types faster than this. */
  sentences: 60,
  /** Each dials somebody, for money. `MAX_PLACED_CALLS_PER_MINUTE` says otherwise. */
  placing: 10,
} as const;

export type WriteLimit = keyof typeof WRITE_LIMITS;
export const WRITE_LIMIT_NAMES = Object.keys(WRITE_LIMITS) as WriteLimit[];

const MINUTE_MS = 60_000;

export class WriteLimits {
  readonly #limits: ReadonlyMap<WriteLimit, RateLimit>;
  readonly #listeners: ((name: WriteLimit) => void)[] = [];

  /** @param settings - what differs from the table; null for no limit. */
  constructor(clock: Clock, settings: Partial<Readonly<Record<WriteLimit, number | null>>> = {}) {
    this.#limits = new Map(
      WRITE_LIMIT_NAMES.flatMap((name) => {
        const max = settings[name] === undefined ? WRITE_LIMITS[name] : settings[name];
        return max === null ? [] : [[name, new RateLimit({ max, windowMs: MINUTE_MS, clock })] as const];
      }),
    );
  }

  /** @throws {EngineError} `RATE_LIMITED`, with the seconds to wait. */
  take(name: WriteLimit | undefined): void {
    if (name === undefined) return;
    const waitMs = this.#limits.get(name)?.take('') ?? 0;
    if (waitMs > 0) throw tooMany(waitMs);
    for (const listener of this.#listeners) listener(name);
  }

  /** Called with each that was taken here: other processes count it, too. */
  onTaken(listener: (name: WriteLimit) => void): void {
    this.#listeners.push(listener);
  }

  /** Another process has let one through. */
  count(name: WriteLimit): void {
    this.#limits.get(name)?.count('');
  }
}
