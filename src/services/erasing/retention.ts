import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Erasures } from './erasures.ts';
import type { Log } from '../../log.ts';
import type { Journal } from '../storage/journal.port.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Asked for at once. */
const CALLS_AT_ONCE = 100;
/** Between two calls, in ms: the journal has more time for the calls in progress than for the old ones. */
const PAUSE_MS = 50;
/** The index and the unused bytes are gone through once in so long: that costs as much for one call as for many. */
const FINISH_EVERY_MS = DAY_MS;

export interface RetentionParts {
  /** For how long after its end a call is kept, in days. Undefined: for ever. */
  readonly days: number | undefined;
  readonly journal: Pick<Journal, 'query'>;
  readonly erasures: Pick<Erasures, 'oldCall' | 'finish'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Erases old calls, at start and every hour, and finishes what
 * an erasure before it was cut off in. One call at a time, with a pause behind
 * each; twice is once.
 */
export class Retention {
  readonly #parts: RetentionParts;
  #timer: unknown;
  #isClosed = false;
  #wakePause: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();
  #finishedAt = Number.NEGATIVE_INFINITY;
  /** Calls were erased since the index was gone through. */
  #isUnfinished = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** The first sweep leaves the index for an hour: calls that ring during a restart come first. */
  start(): void {
    this.#work = this.#erase();
    this.#sweepHourly();
  }

  #sweepHourly(): void {
    this.#timer = this.#parts.clock.setTimeout(() => {
      this.#work = this.#work.then(() => this.sweep());
      this.#sweepHourly();
    }, HOUR_MS);
  }

  /** Ends behind the call that is being erased. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#wakePause?.();
    await this.#work;
  }

  /** Erases what is to be erased now. Never rejects: the next sweep tries again. */
  async sweep(): Promise<void> {
    await this.#erase();
    await this.#attempt(() => this.#finish());
  }

  async #erase(): Promise<void> {
    const failed = new Set<string>();
    let calls = 0;
    await this.#attempt(async () => {
      for (;;) {
        const callSids = (await this.#next()).filter((callSid) => !failed.has(callSid));
        if (callSids.length === 0) return;
        for (const callSid of callSids) {
          if (this.#isClosed) return;
          const isErased = await this.#attempt(() => this.#parts.erasures.oldCall(callSid));
          if (isErased) calls += 1;
          else failed.add(callSid); // One recording that cannot be taken away is no reason to keep the others.
          await this.#pause();
        }
      }
    });
    if (calls > 0) this.#parts.log.info({ calls }, 'old calls erased');
    this.#isUnfinished ||= calls > 0;
  }

  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      this.#parts.log.warn(
        { error: noteOf(thrown, 'STORAGE_UNAVAILABLE') },
        'old calls not erased, or not all of them',
      );
      return false;
    }
  }

  async #next(): Promise<string[]> {
    const { days, journal, clock } = this.#parts;
    const half = await journal.query('halfErasedCalls', { limit: CALLS_AT_ONCE });
    if (half.length > 0 || days === undefined) return half;
    return journal.query('callsEndedBefore', { before: clock.now() - days * DAY_MS, limit: CALLS_AT_ONCE });
  }

  async #finish(): Promise<void> {
    const now = this.#parts.clock.now();
    if (this.#isClosed || !this.#isUnfinished || now - this.#finishedAt < FINISH_EVERY_MS) return;
    await this.#parts.erasures.finish();
    this.#finishedAt = now;
    this.#isUnfinished = false;
  }

  #pause(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#parts.clock.setTimeout(resolve, PAUSE_MS);
      this.#wakePause = () => {
        this.#parts.clock.clearTimeout(timer);
        resolve();
      };
    });
  }
}
