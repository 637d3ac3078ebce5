import type { Database } from 'better-sqlite3';
import { openAuditedCalls } from './audit-transactions.ts';
import { openErasedCalls } from './erased-calls.ts';
import { END_ERRANDS } from './number-rows.ts';

/** A call that is to be erased, as it is found. */
export interface CallToErase {
  readonly n: number;
  readonly call_sid: string;
  /** Empty once the call is hidden. */
  readonly state: string | null;
}

/**
 * Takes away what is stored of one call. It is hidden first, so that nobody
 * sees half of one; then its log goes, and last of all the rows by which it is
 * found. Runs inside the transaction of whoever calls it.
 */
export function openCallErasure(db: Database) {
  const hide = openHiding(db);
  const traces = openTraces(db);
  const removeRows = db.prepare<[{ callSid: string; rows: number }]>(
    `DELETE FROM events WHERE call_sid = @callSid
     AND seq <= (SELECT max(seq) FROM (SELECT seq FROM events WHERE call_sid = @callSid ORDER BY seq LIMIT @rows))`,
  );
  const removeCaller = db.prepare<[number]>('DELETE FROM callers WHERE n = ?');
  const removeCall = db.prepare<[number]>('DELETE FROM calls WHERE n = ?');

  return {
    /** Takes away a piece of one call. @returns how many rows of its log; the call is gone when fewer than `rows`. */
    erasePiece(call: CallToErase, rows: number): number {
      const { n, call_sid: callSid } = call;
      if (hide(call)) traces.ofCall(callSid);
      const { changes } = removeRows.run({ callSid, rows });
      if (changes < rows) {
        removeCaller.run(n);
        removeCall.run(n);
      }
      return changes;
    },
    traces,
  };
}

/** Hides a call from whoever asks, with what it is counted and found by. False when it was hidden before. */
function openHiding(db: Database): (call: CallToErase) => boolean {
  const erased = openErasedCalls(db);
  const auditedCalls = openAuditedCalls(db);
  const hide = db.prepare<[number]>('UPDATE calls SET state = NULL, at = NULL, record = NULL WHERE n = ?');
  const byN = ['DELETE FROM call_digests WHERE n = ?', 'DELETE FROM call_index WHERE rowid = ?'].map((sql) =>
    db.prepare<[number]>(sql),
  );

  return ({ n, call_sid: callSid, state }) => {
    if (state === null && erased.has(callSid)) return false;
    erased.add(callSid);
    auditedCalls.hide(callSid);
    hide.run(n);
    for (const statement of byN) statement.run(n);
    return true;
  };
}

/** What stands of a call beside its log: of the engine's own work, and of the business. */
function openTraces(db: Database) {
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

  return {
    ofCall(callSid: string): void {
      for (const statement of ofCall) statement.run(callSid);
    },
    ofBusiness(callSid: string): void {
      for (const statement of ofBusiness) statement.run(callSid);
    },
  };
}
