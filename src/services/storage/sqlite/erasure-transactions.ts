import type { Database } from 'better-sqlite3';
import { type CallToErase, openCallErasure } from './call-erasure.ts';
import type { ErasureTransactions } from '../erasure.port.ts';
import { indexRewrite } from './index-rewrite.ts';
import { openNumberRows } from './number-rows.ts';
import { openUnusedBytes } from './unused-bytes.ts';
import type { InThread } from './in-thread.ts';

/** A row that names a number outside its own calls costs about as much as so many of a log: the log of its call is read. */
const ROWS_OF_A_NAMING = 100;
/** A call costs about as much as so many rows of its log, beside them. */
const ROWS_OF_A_CALL = 30;

/**
 * Erasing what is stored about a number or of a call, a piece at a time, each
 * inside an open database transaction.
 *
 * What an erasure that was cut off has left is found as before, and taken away
 * by the next one. What was counted of the calls stays: nobody's words or
 * numbers are in the sums.
 */
export function erasureTransactions(db: Database): InThread<ErasureTransactions> {
  const calls = openCallErasure(db);
  const numberRows = openNumberRows(db);
  const unusedBytes = openUnusedBytes(db);
  const oneEnded = db.prepare<[string], CallToErase>(
    `SELECT calls.n, call_sid, state FROM callers JOIN calls ON calls.n = callers.n
     WHERE phone = ? AND (state IS NULL OR state = 'ended') ORDER BY callers.n LIMIT 1`,
  );
  const calledSo = db.prepare<[string], CallToErase>(
    `SELECT n, call_sid, state FROM calls WHERE call_sid = ? AND (state IS NULL OR state = 'ended')`,
  );
  const isLive = db
    .prepare<[string], number>(`SELECT 1 FROM calls WHERE call_sid = ? AND state <> 'ended'`)
    .pluck();

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
        calls.traces.ofBusiness(call.call_sid);
        left -= calls.erasePiece(call, left) + ROWS_OF_A_CALL;
      }
      return { isDone: false };
    },

    eraseCall({ callSid, rows, keepsRecords }) {
      if (isLive.get(callSid) !== undefined) return { isDone: true };
      // Of every start a large file would be written anew, were it for calls that have merely grown old.
      if (keepsRecords) unusedBytes.noteWhereQuick();
      else unusedBytes.note();
      if (!keepsRecords) calls.traces.ofBusiness(callSid);
      const call = calledSo.get(callSid);
      if (call !== undefined) return { isDone: calls.erasePiece(call, rows) < rows };
      // What outlived its call.
      if (!keepsRecords) calls.traces.ofCall(callSid);
      return { isDone: true };
    },

    ...indexRewrite(db),
  };
}
