import type { Database, Statement } from 'better-sqlite3';
import type { Envelope, FeedEvent, StoredEntry } from '../../../protocol/call-feed.ts';
import { openCallDays } from './call-days.ts';
import { isRecounted, openCallDigests } from './call-digests.ts';
import { type CallHead, NO_ROWS, openCallHeads } from './call-heads.ts';
import { openCallRows, type WrittenRow } from './call-rows.ts';
import { foldCallRecord, RECORD_EVENTS } from '../folds/call-record.fold.ts';
import { openErasedCalls } from './erased-calls.ts';
import { type EventRowOnDisk, jsonOfBody, storedEntryOf } from '../folds/event-row.ts';
import type { CallRecord } from '../calls.port.ts';
import { foldStreamStanding, STANDING_EVENTS } from '../folds/stream-standing.fold.ts';

/** Rows whose bodies a fold of the log reads. */
const READ_EVENTS: ReadonlySet<string> = new Set([...RECORD_EVENTS, ...STANDING_EVENTS]);

/**
 * The logs of all calls: the only place where rows are numbered and folds are
 * brought up to date. Runs inside the transaction of whoever calls it.
 */
export class CallLog {
  readonly #heads: ReturnType<typeof openCallHeads>;
  readonly #days: ReturnType<typeof openCallDays>;
  readonly #rows: ReturnType<typeof openCallRows>;
  readonly #digests: ReturnType<typeof openCallDigests>;
  readonly #erased: ReturnType<typeof openErasedCalls>;
  readonly #insertCaller: Statement<[string, string]>;
  readonly #digestSome: (limit: number) => void;

  constructor(db: Database) {
    this.#heads = openCallHeads(db);
    this.#days = openCallDays(db);
    this.#rows = openCallRows(db);
    this.#digests = openCallDigests(db);
    this.#erased = openErasedCalls(db);
    this.#insertCaller = db.prepare<[string, string]>(
      'INSERT OR IGNORE INTO callers (phone, n) SELECT ?, n FROM calls WHERE call_sid = ?',
    );
    this.#digestSome = db.transaction((limit: number) => {
      for (const callSid of this.#digests.undigested(limit)) this.#digest(callSid);
    });
  }

  /** Where a call's log ends; undefined when it has none. */
  head(callSid: string): CallHead | undefined {
    return this.#heads.of(callSid);
  }

  /** The `seq` of a call's last row; 0 when it has no log. */
  lastSeqOf(callSid: string): number {
    return this.#heads.lastSeqOf(callSid);
  }

  events(callSid: string): StoredEntry[] {
    return this.#rows.of(callSid);
  }

  /** Rows after `seq`, `limit` at most, and fewer where their bodies are long. */
  pageAfter(callSid: string, seq: number, limit: number): StoredEntry[] {
    return this.#rows.pageAfter(callSid, seq, limit);
  }

  isErased(callSid: string): boolean {
    return this.#erased.has(callSid);
  }

  /**
   * Numbers rows and adds them to a call's log. `seq` is dense from 1; `at` never
   * runs backwards, whatever the clocks of those who told the rows did. Of a call
   * that was erased nothing is written down again.
   */
  append(callSid: string, rows: readonly WrittenRow[]): void {
    const before = this.head(callSid) ?? NO_ROWS;
    if (before.record === undefined && this.#erased.has(callSid)) return;
    const after = rows.reduce((current, row) => this.#add(callSid, current, row), before);
    this.#heads.keep(callSid, before, after);
    if (after.record === undefined) return;
    if (before.record === undefined) {
      this.#days.add(callSid);
      this.#digests.begin(after.record);
      this.#insertCaller.run(otherPartyOf(after.record), callSid);
    }
    if (after.record.endedAt !== null && rows.some(({ event }) => isRecounted(event))) {
      this.#digest(callSid);
    }
  }

  /** Adds one row that the journal itself tells; the call's state stays as it is unless given. */
  note(callSid: string, row: FeedEvent & Pick<Envelope, 'at'> & { from?: string; state?: string }): void {
    const state = row.state ?? this.head(callSid)?.record?.state ?? '';
    this.append(callSid, [
      { from: 'journal', to: null, taken: null, regions: {}, ...row, state, body: jsonOfBody(row.body) },
    ]);
  }

  /** Counts some ended calls that an older engine left uncounted; how many are left. Costs some ms for each. */
  catchUp(limit: number): number {
    try {
      this.#digestSome(limit);
    } catch {
      // The disk refuses. What is asked can be answered all the same.
    }
    return this.#digests.countUndigested();
  }

  #add(callSid: string, current: CallHead, row: WrittenRow): CallHead {
    const lastSeq = current.lastSeq + 1;
    const lastAt = Math.max(current.lastAt, Math.trunc(row.at));
    const stored = foldedEntryOf(this.#rows.add(callSid, row, { seq: lastSeq, at: lastAt }));
    return {
      ...foldStreamStanding(current, stored),
      lastSeq,
      lastAt,
      record: foldCallRecord(current.record, stored),
    };
  }

  #digest(callSid: string): void {
    const record = this.head(callSid)?.record;
    if (record !== undefined) this.#digests.end({ record, rows: this.events(callSid) });
  }
}

/** The row as the folds take it: read only where one of them reads its body. */
function foldedEntryOf(row: EventRowOnDisk): StoredEntry {
  if (READ_EVENTS.has(row.event)) return storedEntryOf(row);
  const { seq, at, sender: from, receiver: to, state, event: name } = row;
  return { seq, at, from, to, state, taken: null, regions: {}, event: 'unread', name, body: {} };
}

const otherPartyOf = ({ direction, from, to }: CallRecord) => (direction === 'outbound' ? to : from);
