import type { Database } from 'better-sqlite3';
import {
  type Envelope,
  FEED_VERSION,
  type FeedEvent,
  type StoredEntry,
} from '../../../protocol/call-feed.ts';
import { isRecounted, openCallDigests } from './call-digests.ts';
import { foldCallRecord } from '../folds/call-record.fold.ts';
import { openErasedCalls } from './erased-calls.ts';
import { type EventRowOnDisk, jsonOfBody, jsonOfRegions, storedEntryOf } from '../folds/event-row.ts';
import type { CallRecord } from '../calls.port.ts';
import { foldStreamStanding, NO_STREAM, type StreamStanding } from '../folds/stream-standing.fold.ts';

/** A row with its body as JSON text: what crosses to the journal's thread and what lies on disk. */
export interface WrittenRow extends Envelope {
  readonly event: string;
  readonly body: string;
}

/** A call's log up to now: where it ends, and its folds. */
export interface CallHead extends StreamStanding {
  readonly lastSeq: number;
  readonly lastAt: number;
  /** Undefined while nobody has accepted the call: a log can begin before that. */
  readonly record: CallRecord | undefined;
}

interface CallsRow {
  readonly last_seq: number;
  readonly last_at: number;
  readonly epoch: number;
  readonly next: StreamStanding['next'] | null;
  readonly record: string | null;
}

const COLUMNS = 'version, seq, at, sender, receiver, event, state, taken, regions, body';
const NO_ROWS: CallHead = { lastSeq: 0, lastAt: 0, record: undefined, ...NO_STREAM };

export type CallLog = ReturnType<typeof openCallLog>;

/**
 * The logs of all calls: the only place where rows are numbered and folds are
 * brought up to date. Runs inside the transaction of whoever calls it.
 */
export function openCallLog(db: Database) {
  const selectHead = db.prepare<[string], CallsRow>(
    'SELECT last_seq, last_at, epoch, next, record FROM calls WHERE call_sid = ?',
  );
  const insertEvent = db.prepare<[EventRowOnDisk & { callSid: string }]>(
    `INSERT INTO events (call_sid, seq, version, at, sender, receiver, event, state, taken, regions, body)
     VALUES (@callSid, @seq, @version, @at, @sender, @receiver, @event, @state, @taken, @regions, @body)`,
  );
  const upsertHead = db.prepare<[object]>(
    `INSERT INTO calls (call_sid, last_seq, last_at, epoch, next, state, at, record)
     VALUES (@callSid, @lastSeq, @lastAt, @epoch, @next, @state, @at, @record)
     ON CONFLICT (call_sid) DO UPDATE SET
       last_seq = @lastSeq, last_at = @lastAt, epoch = @epoch, next = @next, state = @state, at = @at, record = @record`,
  );
  const selectEvents = db.prepare<[string], EventRowOnDisk>(
    `SELECT ${COLUMNS} FROM events WHERE call_sid = ? ORDER BY seq`,
  );

  const selectEventsAfter = db.prepare<[string, number, number], EventRowOnDisk>(
    `SELECT ${COLUMNS} FROM events WHERE call_sid = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const selectLastSeq = db.prepare<[string], number>('SELECT last_seq FROM calls WHERE call_sid = ?').pluck();
  const insertCaller = db.prepare<[string, string]>(
    'INSERT OR IGNORE INTO callers (phone, n) SELECT ?, n FROM calls WHERE call_sid = ?',
  );
  const digests = openCallDigests(db);
  const erased = openErasedCalls(db);

  /** Where a call's log ends; undefined when it has none. */
  const head = (callSid: string): CallHead | undefined => {
    const row = selectHead.get(callSid);
    return (
      row && {
        lastSeq: row.last_seq,
        lastAt: row.last_at,
        epoch: row.epoch,
        next: row.next ?? undefined,
        // Written by `append` below, and by nothing else.
        record: row.record === null ? undefined : (JSON.parse(row.record) as CallRecord),
      }
    );
  };

  /**
   * Numbers rows and adds them to a call's log. `seq` is dense from 1; `at` never
   * runs backwards, whatever the clocks of those who told the rows did. Of a call
   * that was erased nothing is written down again.
   */
  const append = (callSid: string, rows: readonly WrittenRow[]): void => {
    const before = head(callSid) ?? NO_ROWS;
    if (before.record === undefined && erased.has(callSid)) return;
    const after = rows.reduce<CallHead>((current, row) => {
      const seq = current.lastSeq + 1;
      const at = Math.max(current.lastAt, Math.trunc(row.at));
      const { from: sender, to: receiver, event, state, body } = row;
      const taken = row.taken === null ? null : JSON.stringify(row.taken);
      const regions = jsonOfRegions(row.regions);
      const written = {
        version: FEED_VERSION,
        seq,
        at,
        sender,
        receiver,
        event,
        state,
        taken,
        regions,
        body,
      };
      insertEvent.run({ callSid, ...written });
      const stored = storedEntryOf(written);
      return {
        ...foldStreamStanding(current, stored),
        lastSeq: seq,
        lastAt: at,
        record: foldCallRecord(current.record, stored),
      };
    }, before);
    upsertHead.run({
      callSid,
      lastSeq: after.lastSeq,
      lastAt: after.lastAt,
      epoch: after.epoch,
      next: after.next ?? null,
      state: after.record?.state ?? null,
      at: after.record === undefined ? null : Date.parse(after.record.startedAt),
      record: after.record === undefined ? null : JSON.stringify(after.record),
    });
    if (after.record === undefined) return;
    if (before.record === undefined) {
      digests.begin(after.record);
      insertCaller.run(otherPartyOf(after.record), callSid);
    }
    if (after.record.endedAt !== null && rows.some(({ event }) => isRecounted(event))) digest(callSid);
  };

  /** Adds one row that the journal itself tells; the call's state stays as it is unless given. */
  const note = (
    callSid: string,
    row: FeedEvent & Pick<Envelope, 'at'> & { from?: string; state?: string },
  ): void => {
    const state = row.state ?? head(callSid)?.record?.state ?? '';
    append(callSid, [
      { from: 'journal', to: null, taken: null, regions: {}, ...row, state, body: jsonOfBody(row.body) },
    ]);
  };

  const events = (callSid: string): StoredEntry[] => selectEvents.all(callSid).map(storedEntryOf);
  const eventsAfter = (callSid: string, seq: number, limit: number): StoredEntry[] =>
    selectEventsAfter.all(callSid, seq, limit).map(storedEntryOf);

  const digest = (callSid: string): void => {
    const record = head(callSid)?.record;
    if (record !== undefined) digests.end({ record, rows: events(callSid) });
  };

  const digestSome = db.transaction((limit: number) => {
    for (const callSid of digests.undigested(limit)) digest(callSid);
  });

  /** Counts some ended calls that an older engine left uncounted; how many are left. Costs some ms for each. */
  const catchUp = (limit: number): number => {
    try {
      digestSome(limit);
    } catch {
      // The disk refuses. What is asked can be answered all the same.
    }
    return digests.countUndigested();
  };

  const lastSeqOf = (callSid: string): number => selectLastSeq.get(callSid) ?? 0;

  return { head, append, note, events, eventsAfter, lastSeqOf, catchUp, isErased: erased.has };
}

const otherPartyOf = ({ direction, from, to }: CallRecord) => (direction === 'outbound' ? to : from);
