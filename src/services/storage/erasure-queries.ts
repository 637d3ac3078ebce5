import type { Database } from 'better-sqlite3';
import type { ErasureQueries } from './erasure.port.ts';
import { openNumberRows } from './number-rows.ts';
import { openUnusedBytes } from './unused-bytes.ts';

/** What is asked before a caller is erased, and what is done when nothing is left to erase. */
export function erasureQueries(db: Database): ErasureQueries {
  const numberRows = openNumberRows(db);
  const unusedBytes = openUnusedBytes(db);
  const callsOf = db.prepare<[string], { call_sid: string; state: string | null }>(
    'SELECT call_sid, state FROM callers JOIN calls ON calls.n = callers.n WHERE phone = ? ORDER BY calls.n',
  );
  return {
    storedAbout({ phone }) {
      const calls = callsOf.all(phone);
      return {
        isAny: calls.length > 0 || numberRows.isAny(phone),
        isLive: calls.some(({ state }) => state !== null && state !== 'ended'),
        callSids: calls.map(({ call_sid }) => call_sid),
      };
    },
    overwriteErased() {
      unusedBytes.sweep();
    },
  };
}
