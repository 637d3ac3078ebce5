import type { Database } from 'better-sqlite3';
import type { AdmissionTransactions } from '../admission.port.ts';
import type { InThread } from './in-thread.ts';

/** Refused calls that are kept: enough to see who it is that calls, however many they are. */
const KEPT_REFUSALS = 500;
const KEPT_REFUSALS_MS = 30 * 86_400_000;

/** Calls that were not taken, the last of them. */
export function openRefusedCalls(db: Database): InThread<Pick<AdmissionTransactions, 'noteRefusal'>> {
  const insert = db.prepare<[object]>(
    `INSERT OR IGNORE INTO refused_calls (call_sid, phone, cause, at) VALUES (@callSid, @phone, @cause, @at)`,
  );
  const sweep = db.prepare<[number, number]>(
    'DELETE FROM refused_calls WHERE n <= (SELECT max(n) FROM refused_calls) - ? OR at <= ?',
  );

  return {
    noteRefusal(refusal) {
      insert.run(refusal);
      sweep.run(KEPT_REFUSALS, refusal.at - KEPT_REFUSALS_MS);
    },
  };
}
