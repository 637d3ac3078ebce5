import type { Database } from 'better-sqlite3';

const DAY_MS = 86_400_000;

/** Between which numbers calls are; both included. */
interface CallBounds {
  readonly first: number;
  readonly last: number;
}

/**
 * The numbers of the calls of each day. Calls are numbered as they come, and begin a little earlier: so the calls of a
 * day are nearly one behind the other, and whoever wants them need not look at others. Runs inside the transaction of
 * whoever calls it.
 */
export function openCallDays(db: Database) {
  const upsert = db.prepare<[{ callSid: string }]>(
    `INSERT INTO call_days (day, first_n, last_n) SELECT at / ${String(DAY_MS)}, n, n FROM calls WHERE call_sid = @callSid
     ON CONFLICT (day) DO UPDATE SET first_n = min(first_n, excluded.first_n), last_n = max(last_n, excluded.last_n)`,
  );
  const select = db.prepare<[number, number], { first: number | null; last: number | null }>(
    'SELECT min(first_n) AS first, max(last_n) AS last FROM call_days WHERE day >= ? AND day <= ?',
  );

  return {
    /** A call has begun. */
    add(callSid: string): void {
      upsert.run({ callSid });
    },
    /** Where the calls are that began between two times, ms since the Unix epoch; undefined when there are none. */
    between(from: number, to: number): CallBounds | undefined {
      const { first, last } = select.get(Math.floor(from / DAY_MS), Math.floor(to / DAY_MS)) ?? {};
      return first == null || last == null ? undefined : { first, last };
    },
  };
}
