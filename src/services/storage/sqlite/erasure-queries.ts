import type { Database } from 'better-sqlite3';
import { openErasedCalls } from './erased-calls.ts';
import type { ErasureQueries } from '../erasure.port.ts';
import { isoOf } from '../folds/instant.ts';
import { openNumberRows } from './number-rows.ts';
import { openUnusedBytes } from './unused-bytes.ts';
import type { InThread } from './in-thread.ts';

/** What is asked before a caller or a call is erased, and what is done when nothing is left to erase. */
export function erasureQueries(db: Database): InThread<ErasureQueries> {
  const numberRows = openNumberRows(db);
  const unusedBytes = openUnusedBytes(db);
  const callsOf = db.prepare<[string], { call_sid: string; state: string | null }>(
    'SELECT call_sid, state FROM callers JOIN calls ON calls.n = callers.n WHERE phone = ? ORDER BY callers.n',
  );
  const erased = openErasedCalls(db);
  const stateOf = db.prepare<[string], string | null>('SELECT state FROM calls WHERE call_sid = ?').pluck();
  const hasRest = db
    .prepare<[{ callSid: string }], number>(
      `SELECT 1 FROM leads WHERE call_sid = @callSid UNION ALL SELECT 1 FROM bookings WHERE call_sid = @callSid
       UNION ALL SELECT 1 FROM messages WHERE call_sid = @callSid LIMIT 1`,
    )
    .pluck();
  // Whatever ended before a time had begun before it: the index is by the beginning.
  const endedBefore = db
    .prepare<[{ before: number; iso: string; limit: number }], string>(
      `SELECT call_sid FROM calls WHERE state = 'ended' AND at < @before AND record ->> 'endedAt' < @iso
       ORDER BY at, n LIMIT @limit`,
    )
    .pluck();
  const hidden = db.prepare<[], string>('SELECT call_sid FROM calls WHERE state IS NULL').pluck();
  return {
    storedOfCall({ callSid }) {
      const state = stateOf.get(callSid);
      return {
        isAny: state !== undefined || hasRest.get({ callSid }) !== undefined,
        state: state === 'ended' ? null : (state ?? null),
      };
    },
    callsEndedBefore: ({ before, limit }) => endedBefore.all({ before, iso: isoOf(before), limit }),
    halfErasedCalls: ({ limit }) => hidden.all().filter(erased.has).slice(0, limit),
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
