import type { Database } from 'better-sqlite3';

/** Who is in a call now, whichever process has it. */
export function openLiveCallers(db: Database) {
  const count = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM calls INDEXED BY calls_by_state WHERE (state < 'ended' OR state > 'ended')
       AND record ->> 'direction' = 'inbound' AND record ->> 'from' = ? AND call_sid <> ?`,
    )
    .pluck();
  return {
    /** Calls that a number has made and that go on, but for one. */
    countOf: (phone: string, exceptSid: string): number => count.get(phone, exceptSid) ?? 0,
  };
}
