import type { Database } from 'better-sqlite3';
import type { CallLog } from './call-log.ts';
import type { openEarlyCallbacks } from './early-callbacks.ts';
import type { Transactions } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

/** What the carrier reports of a recording: each status once, kept until the call is accepted. */
export function recordingTransactions(
  db: Database,
  log: CallLog,
  early: ReturnType<typeof openEarlyCallbacks>,
): InThread<Pick<Transactions, 'noteRecording'>> {
  const selectReport = db.prepare<[string, string, string]>(
    `SELECT 1 FROM events WHERE call_sid = ? AND event = 'recording.reported'
     AND body ->> 'recordingSid' = ? AND body ->> 'status' = ?`,
  );

  return {
    noteRecording({ callSid, at, ...body }) {
      if (log.head(callSid) === undefined) {
        return !log.isErased(callSid) && early.keep(callSid, { at, event: 'recording.reported', body });
      }
      if (selectReport.get(callSid, body.recordingSid, body.status) !== undefined) return false;
      log.note(callSid, { at, event: 'recording.reported', body });
      return true;
    },
  };
}
