import type { Database } from 'better-sqlite3';

const HOUR_MS = 3_600_000;
/** A clock that was set back between two processes frees nobody; a row from further ahead is of one that was wrong, and would count for ever. */
const AHEAD_MS = HOUR_MS;

/** Who was taken within the last hour. `at` is in ms since the Unix epoch; the number is null when withheld. */
export function openHourlyAdmissions(db: Database) {
  const countSince = db
    .prepare<[string, number], number>('SELECT count(*) FROM admissions WHERE caller = ? AND at > ?')
    .pluck();
  const insert = db.prepare<[string, number]>('INSERT INTO admissions (caller, at) VALUES (?, ?)');
  const sweep = db.prepare<[number, number]>('DELETE FROM admissions WHERE at <= ? OR at > ?');

  return {
    /** Calls of a number that were taken in the hour before `at`. */
    countOf: (phone: string | null, at: number): number => countSince.get(nameOf(phone), at - HOUR_MS) ?? 0,
    add(phone: string | null, at: number): void {
      insert.run(nameOf(phone), at);
    },
    /** Forgets what no hour that holds `at` counts. */
    sweep(at: number): void {
      sweep.run(at - HOUR_MS, at + AHEAD_MS);
    },
  };
}

/** Everybody who withholds a number goes by one name. */
const nameOf = (phone: string | null): string => phone ?? '';
