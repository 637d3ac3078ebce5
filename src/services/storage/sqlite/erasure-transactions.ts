import type { Database } from 'better-sqlite3';
import { openAuditedCalls } from './audit-transactions.ts';
import { openErasedCalls } from './erased-calls.ts';
import type { ErasureTransactions } from '../erasure.port.ts';
import { END_ERRANDS, openNumberRows } from './number-rows.ts';
import { openUnusedBytes } from './unused-bytes.ts';

interface CallPlace {
  readonly n: number;
  readonly call_sid: string;
  /** Empty once the call is hidden. */
  readonly state: string | null;
}

/** A row that names a number outside its own calls costs about as much as so many of a log: the log of its call is read. */
const ROWS_OF_A_NAMING = 100;
/** A call costs about as much as so many rows of its log, beside them. */
const ROWS_OF_A_CALL = 30;

/**
 * Erasing what is stored about a number or of a call, a piece at a time, each
 * inside an open database transaction.
 *
 * A call is hidden first, so that nobody sees half of one; then its log goes,
 * and last of all the rows by which it is found. So an erasure that was cut off
 * is finished by the next one. What was counted of the calls stays: nobody's
 * words or numbers are in the sums.
 */
export function erasureTransactions(db: Database): ErasureTransactions {
  const erased = openErasedCalls(db);
  const auditedCalls = openAuditedCalls(db);
  const numberRows = openNumberRows(db);
  const unusedBytes = openUnusedBytes(db);
  const oneEnded = db.prepare<[string], CallPlace>(
    `SELECT calls.n, call_sid, state FROM callers JOIN calls ON calls.n = callers.n
     WHERE phone = ? AND (state IS NULL OR state = 'ended') ORDER BY calls.n LIMIT 1`,
  );
  const calledSo = db.prepare<[string], CallPlace>(
    `SELECT n, call_sid, state FROM calls WHERE call_sid = ? AND (state IS NULL OR state = 'ended')`,
  );
  const isLive = db
    .prepare<[string], number>(`SELECT 1 FROM calls WHERE call_sid = ? AND state <> 'ended'`)
    .pluck();
  const hide = db.prepare<[number]>('UPDATE calls SET state = NULL, at = NULL, record = NULL WHERE n = ?');
  const removeRows = db.prepare<[{ callSid: string; rows: number }]>(
    `DELETE FROM events WHERE call_sid = @callSid
     AND seq <= (SELECT max(seq) FROM (SELECT seq FROM events WHERE call_sid = @callSid ORDER BY seq LIMIT @rows))`,
  );
  const ofBusiness = ['DELETE FROM leads WHERE call_sid = ?', 'DELETE FROM bookings WHERE call_sid = ?'].map(
    (sql) => db.prepare<[string]>(sql),
  );
  const ofCall = [
    'DELETE FROM messages WHERE call_sid = ?',
    'DELETE FROM intents WHERE call_sid = ?',
    'DELETE FROM refused_calls WHERE call_sid = ?',
    'DELETE FROM early_callbacks WHERE call_sid = ?',
    'DELETE FROM tokens WHERE call_sid = ?',
    `DELETE FROM outbox WHERE call_sid = ? AND state = 'done'`,
    `${END_ERRANDS} WHERE call_sid = ?`,
    'DELETE FROM outbox WHERE provider_sid = ?',
    'DELETE FROM applied WHERE instr(result, ?) > 0',
  ].map((sql) => db.prepare<[string]>(sql));
  const byN = ['DELETE FROM call_digests WHERE n = ?', 'DELETE FROM call_index WHERE rowid = ?'].map((sql) =>
    db.prepare<[number]>(sql),
  );
  const removeCaller = db.prepare<[number]>('DELETE FROM callers WHERE n = ?');
  const removeCall = db.prepare<[number]>('DELETE FROM calls WHERE n = ?');
  const merge = db.prepare<[number]>(`INSERT INTO call_index (call_index, rank) VALUES ('merge', ?)`);
  const totalChanges = db.prepare<[], number>('SELECT total_changes()').pluck();

  /** Takes away a piece of one call. @returns how many rows of its log. */
  const erasePiece = ({ n, call_sid: callSid, state }: CallPlace, rows: number): number => {
    if (state !== null || !erased.has(callSid)) {
      erased.add(callSid);
      auditedCalls.hide(callSid);
      hide.run(n);
      for (const statement of byN) statement.run(n);
      for (const statement of ofCall) statement.run(callSid);
    }
    const { changes } = removeRows.run({ callSid, rows });
    if (changes < rows) {
      removeCaller.run(n);
      removeCall.run(n);
    }
    return changes;
  };
  const eraseRecords = (callSid: string): void => {
    for (const statement of ofBusiness) statement.run(callSid);
  };

  return {
    eraseNumber({ phone, rows }) {
      unusedBytes.note();
      for (let left = rows; left > 0;) {
        if (numberRows.eraseOne(phone)) {
          left -= ROWS_OF_A_NAMING;
          continue;
        }
        const call = oneEnded.get(phone);
        if (call === undefined) {
          numberRows.eraseLoose(phone);
          return { isDone: true };
        }
        eraseRecords(call.call_sid);
        left -= erasePiece(call, left) + ROWS_OF_A_CALL;
      }
      return { isDone: false };
    },

    eraseCall({ callSid, rows, keepsRecords }) {
      if (isLive.get(callSid) !== undefined) return { isDone: true };
      // Of every start a large file would be written anew, were it for calls that have merely grown old.
      if (keepsRecords) unusedBytes.noteWhereQuick();
      else unusedBytes.note();
      if (!keepsRecords) eraseRecords(callSid);
      const call = calledSo.get(callSid);
      if (call !== undefined) return { isDone: erasePiece(call, rows) < rows };
      // What outlived its call.
      if (!keepsRecords) for (const statement of ofCall) statement.run(callSid);
      return { isDone: true };
    },

    rewriteIndex({ isFirst, pages }) {
      const before = totalChanges.get() ?? 0;
      // A negative number gathers everything into one merge, a positive one goes on with it
      // (https://sqlite.org/fts5.html#the_merge_command).
      merge.run(isFirst ? -pages : pages);
      return { isDone: (totalChanges.get() ?? 0) - before < 2 };
    },
  };
}
