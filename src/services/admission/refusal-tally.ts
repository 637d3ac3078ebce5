import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Log } from '../../log.ts';
import type { Journal } from '../storage/journal.port.ts';
import { limitTime } from './limit-clock.ts';

export interface RefusalTallyParts {
  readonly journal: Pick<Journal, 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: (cause: RefusalCause) => void;
}

/** The carrier asks again within a minute; a thousand calls are more than ring in one. */
const KNOWN_CALLS = 1000;
/** One line for each cause, and rows for as many calls, in so long. */
const MINUTE_MS = 60_000;
const ROWS_A_MINUTE = 60;

/**
 * What is kept of calls that are not taken: a count, a line of the log now and
 * then, a short row. A flood of them fills neither log nor disk.
 */
export class RefusalTally {
  readonly #parts: RefusalTallyParts;
  readonly #known = new Set<string>();
  readonly #lines = new Map<RefusalCause, { since: number; more: number }>();
  #rows = { since: Number.NEGATIVE_INFINITY, count: 0 };

  constructor(parts: RefusalTallyParts) {
    this.#parts = parts;
  }

  /** Never throws. A call that is asked about again is no other call. */
  add(callSid: string, phone: string | null, cause: RefusalCause): void {
    if (this.#known.has(callSid)) return;
    this.#known.add(callSid);
    for (const oldest of this.#known) {
      if (this.#known.size <= KNOWN_CALLS) break;
      this.#known.delete(oldest);
    }
    this.#parts.count(cause);
    const now = limitTime(this.#parts.clock);
    this.#log(cause, now);
    // A journal that cannot write has nothing to do with it.
    if (cause !== 'storage') this.#write(callSid, phone, cause, now);
  }

  #log(cause: RefusalCause, now: number): void {
    const line = this.#lines.get(cause);
    if (line !== undefined && now - line.since < MINUTE_MS) {
      line.more++;
      return;
    }
    this.#lines.set(cause, { since: now, more: 0 });
    this.#parts.log.warn({ cause, calls: 1 + (line?.more ?? 0) }, 'calls refused');
  }

  #write(callSid: string, phone: string | null, cause: RefusalCause, now: number): void {
    if (now - this.#rows.since >= MINUTE_MS) this.#rows = { since: now, count: 0 };
    if (++this.#rows.count > ROWS_A_MINUTE) return;
    const { journal, log, clock } = this.#parts;
    journal.transact('noteRefusal', { callSid, phone, cause, at: clock.now() }).catch((thrown: unknown) => {
      log.debug({ code: noteOf(thrown, 'STORAGE_UNAVAILABLE').code }, 'row of a refused call not stored');
    });
  }
}
