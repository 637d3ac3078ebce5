import type { Database } from 'better-sqlite3';
import type { EventName, StoredEntry } from '../../../protocol/call-feed.ts';
import { allMarks, firstMarks, wordsOf } from '../folds/call-marks.ts';
import { callSumsOf } from '../folds/call-sums.fold.ts';
import type { CallRecord } from '../calls.port.ts';
import { openSumsLedger } from './sums-ledger.ts';

/** A call's log up to now, with what is known of the call. */
export interface CallToDigest {
  readonly record: CallRecord;
  readonly rows: readonly StoredEntry[];
}

interface KnownCall {
  readonly n: number;
  /** Up to which row it is counted; null for one that is not. */
  readonly digested_seq: number | null;
  /** With which calls it was counted; an older engine counted tests with the others. */
  readonly is_test: 0 | 1 | null;
}

/** Facts that can come after the end and are counted, or found, all the same. */
const RECOUNTED: ReadonlySet<string> = new Set<EventName>([
  'call.ended',
  'caller.said',
  'caller.reworded',
  'agent.said',
  'agent.reworded',
  'tool.settled',
  'usage.reported',
]);

export const isRecounted = (event: string): boolean => RECOUNTED.has(event);

/**
 * Ended calls that are not counted, or not as they should be: none is both. Left to itself SQLite goes through all ended
 * calls to find them.
 */
const UNDIGESTED = `
  SELECT call_sid, n FROM calls INDEXED BY calls_undigested WHERE state = 'ended' AND digested_seq IS NULL
  UNION ALL SELECT c.call_sid, c.n FROM recounts r CROSS JOIN calls c ON c.n = r.n
  WHERE c.state = 'ended' AND c.digested_seq IS NOT NULL`;

/**
 * What is counted of ended calls and what calls are found by, kept beside the
 * logs so that no question of many calls reads many logs. Everything runs
 * inside the transaction of whoever calls it.
 */
export function openCallDigests(db: Database) {
  const select = db.prepare<[string], KnownCall>(
    `SELECT c.n, c.digested_seq, d.is_test FROM calls c LEFT JOIN call_digests d ON d.n = c.n WHERE c.call_sid = ?`,
  );
  const index = db.prepare<[number, string, string]>(
    'INSERT OR REPLACE INTO call_index (rowid, words, marks) VALUES (?, ?, ?)',
  );
  const upsert = db.prepare<[object]>(
    `INSERT OR REPLACE INTO call_digests (n, seq, barge_ins, tool_calls, last_speaker, is_test)
     VALUES (@n, @seq, @bargeIns, @toolCalls, @lastSpeaker, @isTest)`,
  );
  const markDigested = db.prepare<[number, number]>('UPDATE calls SET digested_seq = ? WHERE n = ?');
  const ledger = openSumsLedger(db);
  const undigested = db
    .prepare<[number], string>(`SELECT call_sid FROM (${UNDIGESTED}) ORDER BY n DESC LIMIT ?`)
    .pluck();
  const countUndigested = db.prepare<[], number>(`SELECT count(*) FROM (${UNDIGESTED})`).pluck();
  const forgetRecount = db.prepare<[number]>('DELETE FROM recounts WHERE n = ?');

  /** Counts a call that has ended. Counted again after a late fact, it replaces what was counted before. */
  const end = ({ record, rows }: CallToDigest): void => {
    const known = select.get(record.callSid);
    if (known === undefined) return;
    const { n, digested_seq: before } = known;
    const { agentId, isTest } = record;
    const counted = callSumsOf(rows);
    const day = record.startedAt.slice(0, 10);
    if (before !== null) {
      const counted = callSumsOf(rows.filter(({ seq }) => seq <= before));
      ledger.add({ day, agentId, isTest: known.is_test === 1, sums: counted, times: -1 });
    }
    ledger.add({ day, agentId, isTest, sums: counted, times: 1 });

    const seq = rows.at(-1)?.seq ?? 0;
    upsert.run({
      n,
      seq,
      bargeIns: counted.bargeIns,
      toolCalls: rows.filter(({ event }) => event === 'tool.settled').length,
      lastSpeaker: lastSpeakerOf(rows),
      isTest: isTest ? 1 : 0,
    });
    forgetRecount.run(n);
    index.run(n, wordsOf(rows), allMarks(record, rows).join(' '));
    markDigested.run(seq, n);
  };

  return {
    /** Makes a call that begins one that can be found. */
    begin(record: CallRecord): void {
      const known = select.get(record.callSid);
      if (known !== undefined) index.run(known.n, '', firstMarks(record).join(' '));
    },
    end,
    /** Ended calls to be counted: those of an engine that did not, or did otherwise. Newest first. */
    undigested: (limit: number): string[] => undigested.all(limit),
    countUndigested: (): number => countUndigested.get() ?? 0,
  };
}

function lastSpeakerOf(rows: readonly StoredEntry[]): 'caller' | 'agent' | null {
  const last = rows.findLast(({ event }) => event === 'caller.said' || event === 'agent.said');
  if (last === undefined) return null;
  return last.event === 'caller.said' ? 'caller' : 'agent';
}
