import type { Journal } from '../storage/journal.port.ts';

/** What is done between two looks at the journal's other work: some 10 ms of its thread, with a commit. */
const ROWS_AT_ONCE = 400;

/** What came of it. `live`: nothing was erased, because the number is in a call. */
type CallerErasure = 'erased' | 'unknown' | 'live';
/** The same of one call; where it is live, the state that it is in. */
type CallErasure = 'erased' | 'unknown' | { readonly liveIn: string };

interface ErasuresParts {
  readonly journal: Journal;
  /** What is kept of a call outside the journal. Deleted before the journal forgets the call. Undefined: nothing is. */
  readonly recordings?: { deleteRecording(callSid: string): Promise<unknown> } | undefined;
}

/**
 * Erases what is stored about a number, or of one call.
 *
 * In pieces, so that the calls in progress do not wait for the disk. One that
 * is cut off has erased a part, and is finished by asking again: what it is
 * found by goes last.
 */
export class Erasures {
  readonly #parts: ErasuresParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ErasuresParts) {
    this.#parts = parts;
  }

  /**
   * Everything about a number. One erasure after the other.
   * @param phone - E.164.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk refuses: ask again.
   */
  caller(phone: string): Promise<CallerErasure> {
    return this.#inTurn(() => this.#eraseCaller(phone));
  }

  /**
   * Everything of a call, leads and appointments too: callers without a number have nothing else to be known by.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk refuses: ask again.
   */
  call(callSid: string): Promise<CallErasure> {
    return this.#inTurn(() => this.#eraseCall(callSid));
  }

  /**
   * A call that has grown old, or is erased in part: what the business keeps for itself stays. What it leaves for
   * searches to read, and in unused bytes, stays until `finish`.
   */
  oldCall(callSid: string): Promise<void> {
    return this.#inTurn(() => this.#eraseRows(callSid, true));
  }

  /** Takes what was erased out of what searches read, and out of unused bytes. */
  finish(): Promise<void> {
    return this.#inTurn(() => this.#finish());
  }

  #inTurn<Result>(erase: () => Promise<Result>): Promise<Result> {
    const erased = this.#last.then(erase);
    this.#last = erased.catch(() => undefined);
    return erased;
  }

  async #eraseCaller(phone: string): Promise<CallerErasure> {
    const { journal, recordings } = this.#parts;
    const { isAny, isLive, callSids } = await journal.query('storedAbout', { phone });
    if (isLive) return 'live';
    if (!isAny) return 'unknown';
    if (recordings !== undefined) for (const callSid of callSids) await recordings.deleteRecording(callSid);
    await this.#inPieces(() => journal.transact('eraseNumber', { phone, rows: ROWS_AT_ONCE }));
    await this.#finish();
    return 'erased';
  }

  async #eraseCall(callSid: string): Promise<CallErasure> {
    const { isAny, state } = await this.#parts.journal.query('storedOfCall', { callSid });
    if (state !== null) return { liveIn: state };
    if (!isAny) return 'unknown';
    await this.#eraseRows(callSid, false);
    await this.#finish();
    return 'erased';
  }

  async #eraseRows(callSid: string, keepsRecords: boolean): Promise<void> {
    const { journal, recordings } = this.#parts;
    await recordings?.deleteRecording(callSid);
    await this.#inPieces(() => journal.transact('eraseCall', { callSid, rows: ROWS_AT_ONCE, keepsRecords }));
  }

  async #finish(): Promise<void> {
    const { journal } = this.#parts;
    let isFirst = true;
    await this.#inPieces(() => {
      const piece = journal.transact('compact', { isFirst });
      isFirst = false;
      return piece;
    });
    await journal.query('overwriteErased', {});
  }

  async #inPieces(erase: () => Promise<{ isDone: boolean }>): Promise<void> {
    for (let isDone = false; !isDone;) ({ isDone } = await erase());
  }
}
