import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../calls.port.ts';
import { NO_STREAM, type StreamStanding } from '../folds/stream-standing.fold.ts';

/** A call's log up to now: where it ends, and its folds. */
export interface CallHead extends StreamStanding {
  readonly lastSeq: number;
  /** Ms since the Unix epoch. */
  readonly lastAt: number;
  /** Undefined while nobody has accepted the call: a log can begin before that. */
  readonly record: CallRecord | undefined;
}

/** Of a call that has no log. */
export const NO_ROWS: CallHead = { lastSeq: 0, lastAt: 0, record: undefined, ...NO_STREAM };

interface CallsRow {
  readonly last_seq: number;
  readonly last_at: number;
  readonly epoch: number;
  readonly next: StreamStanding['next'] | null;
  readonly record: string | null;
}

/** Where the log of each call ends. Runs inside the transaction of whoever calls it. */
export function openCallHeads(db: Database) {
  const select = db.prepare<[string], CallsRow>(
    'SELECT last_seq, last_at, epoch, next, record FROM calls WHERE call_sid = ?',
  );
  const upsert = db.prepare<[object]>(
    `INSERT INTO calls (call_sid, last_seq, last_at, epoch, next, state, at, record)
     VALUES (@callSid, @lastSeq, @lastAt, @epoch, @next, @state, @at, @record)
     ON CONFLICT (call_sid) DO UPDATE SET
       last_seq = @lastSeq, last_at = @lastAt, epoch = @epoch, next = @next, state = @state, at = @at, record = @record`,
  );
  const move = db.prepare<[number, number, string]>(
    'UPDATE calls SET last_seq = ?, last_at = ? WHERE call_sid = ?',
  );
  const selectLastSeq = db.prepare<[string], number>('SELECT last_seq FROM calls WHERE call_sid = ?').pluck();

  return {
    /** Undefined when the call has no log. */
    of(callSid: string): CallHead | undefined {
      const row = select.get(callSid);
      return (
        row && {
          lastSeq: row.last_seq,
          lastAt: row.last_at,
          epoch: row.epoch,
          next: row.next ?? undefined,
          // Written by `keep`, and by nothing else.
          record: row.record === null ? undefined : (JSON.parse(row.record) as CallRecord),
        }
      );
    },
    /** Most rows change nothing but where the log ends: then neither the record nor an index is written again. */
    keep(callSid: string, before: CallHead, after: CallHead): void {
      const { lastSeq, lastAt, epoch, next, record } = after;
      const isSame = record === before.record && epoch === before.epoch && next === before.next;
      if (isSame && before.lastSeq > 0) {
        move.run(lastSeq, lastAt, callSid);
        return;
      }
      upsert.run({
        ...{ callSid, lastSeq, lastAt, epoch },
        next: next ?? null,
        state: record?.state ?? null,
        at: record === undefined ? null : Date.parse(record.startedAt),
        record: record === undefined ? null : JSON.stringify(record),
      });
    },
    /** 0 when the call has no log. */
    lastSeqOf: (callSid: string): number => selectLastSeq.get(callSid) ?? 0,
  };
}
