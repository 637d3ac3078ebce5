import type { Journal } from './storage/journal.port.ts';

/** What is done between two looks at the journal's other work: some 20 ms of its thread. */
const ROWS_AT_ONCE = 1000;
const PAGES_AT_ONCE = 150;

/** What came of it. `live`: nothing was erased, because the number is in a call. */
export type Erasure = 'erased' | 'unknown' | 'live';

interface CallerErasureParts {
  readonly journal: Journal;
  /** Takes away what is kept of a call outside the journal. Told before the journal forgets the call. */
  readonly forgetCall?: (callSid: string) => Promise<void>;
}

/**
 * Erases everything that is stored about a number.
 *
 * In pieces, so that the calls in progress do not wait for the disk. One that
 * is cut off has erased a part, and is finished by asking again: what is found
 * by the number goes last.
 */
export class CallerErasure {
  readonly #parts: CallerErasureParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: CallerErasureParts) {
    this.#parts = parts;
  }

  /**
   * One number after the other.
   * @param phone - E.164.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk refuses: ask again.
   */
  erase(phone: string): Promise<Erasure> {
    const erased = this.#last.then(() => this.#erase(phone));
    this.#last = erased.catch(() => undefined);
    return erased;
  }

  async #erase(phone: string): Promise<Erasure> {
    const { journal, forgetCall } = this.#parts;
    const { isAny, isLive, callSids } = await journal.query('storedAbout', { phone });
    if (isLive) return 'live';
    if (!isAny) return 'unknown';
    if (forgetCall !== undefined) for (const callSid of callSids) await forgetCall(callSid);

    for (let isDone = false; !isDone;) {
      ({ isDone } = await journal.transact('eraseNumber', { phone, rows: ROWS_AT_ONCE }));
    }
    for (let isFirst = true, isDone = false; !isDone; isFirst = false) {
      ({ isDone } = await journal.transact('rewriteIndex', { isFirst, pages: PAGES_AT_ONCE }));
    }
    await journal.query('overwriteErased', {});
    return 'erased';
  }
}
