import type { Database } from 'better-sqlite3';
import { erasedName } from './audit-transactions.ts';
import { lookInto } from './database-copy.ts';

/** What operators had erased, as the audit trail of a database tells it: nobody's number, and no call's SID. */
export interface ErasureTrail {
  /** Keyed digests of numbers. */
  readonly callers: ReadonlySet<string>;
  /** Names of erased calls, as the trail has them. */
  readonly calls: ReadonlySet<string>;
}

/** What can be erased: everything by which a database knows somebody or a call. */
export interface NamedInDatabase {
  readonly numbers: readonly string[];
  readonly calls: readonly { readonly callSid: string; readonly erasedName: string }[];
}

/** An erasure that was cut off, or whose end nobody saw, counts: it was asked for. */
const ERASED = 'status IS NULL OR status = 204';

const NUMBERS = `SELECT phone FROM callers UNION SELECT phone FROM leads UNION SELECT phone FROM bookings
  UNION SELECT caller FROM bookings UNION SELECT destination FROM messages UNION SELECT phone FROM blocked_numbers
  UNION SELECT caller FROM admissions UNION SELECT phone FROM refused_calls`;

/** @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it is no database or damaged. */
export function erasureTrailOf(file: string): ErasureTrail {
  return lookInto(file, (db) => {
    const hasTrail = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'audit'`).get() !== undefined;
    const told = (column: 'caller' | 'call_sid', act: string) =>
      new Set(
        hasTrail ? textsOf(db, `SELECT ${column} FROM audit WHERE act = '${act}' AND (${ERASED})`) : [],
      );
    return { callers: told('caller', 'eraseCaller'), calls: told('call_sid', 'eraseCall') };
  });
}

/** @param file - of today's shape. */
export function namedIn(file: string): NamedInDatabase {
  return lookInto(file, (db) => ({
    numbers: textsOf(db, NUMBERS),
    calls: textsOf(db, 'SELECT call_sid FROM calls').map((callSid) => ({
      callSid,
      erasedName: erasedName(callSid),
    })),
  }));
}

const textsOf = (db: Database, sql: string): string[] =>
  db
    .prepare<[], string | null>(sql)
    .pluck()
    .all()
    .filter((text) => text !== null && text !== '') as string[];
