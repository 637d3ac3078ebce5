import Sqlite, { type Database } from 'better-sqlite3';
import { cannotOpen, damagedDatabase } from './database.ts';
import { makeDatabaseFile } from './database-file.ts';
import { diskTroubleOf } from './disk-trouble.ts';

/** How long a look waits for another program's lock, in ms. */
const LOCK_WAIT_MS = 5000;

/** What a copy of a database holds. */
export interface DatabaseSummary {
  /** Steps of its shape, as `migrate` counts them. */
  readonly schema: number;
  readonly calls: number;
}

/**
 * Writes a database anew into another file, as it is at one moment, for the
 * engine's user alone. An engine may have it meanwhile: its commits go on, and
 * none of them is in the copy by half. Bytes that the file does not use any
 * more, where words of erased calls may stand, are left behind. What was on its
 * way to the carrier counts as lost in the copy: whoever restores it looks for
 * those texts and calls, and sends none of them twice.
 *
 * @param copy - a name that nothing has.
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it is none, is damaged, or the disk refuses.
 */
export function copyDatabase(file: string, copy: string): void {
  lookInto(file, (db) => {
    makeDatabaseFile(copy); // SQLite would make it as the umask lets it, and takes one that is empty.
    try {
      db.prepare('VACUUM INTO ?').run(copy);
    } catch (thrown) {
      throw diskTroubleOf(thrown) === 'SQLITE_FULL' ? cannotOpen(copy, thrown) : thrown;
    }
  });
  loseErrands(copy);
}

function loseErrands(copy: string): void {
  const db = new Sqlite(copy);
  try {
    const hasOutbox = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'outbox'`).get() !== undefined;
    if (hasOutbox) db.exec(`UPDATE outbox SET state = 'lost' WHERE state <> 'done'`);
  } catch (thrown) {
    throw cannotOpen(copy, thrown);
  } finally {
    db.close();
  }
}

/**
 * Reads all of a database that nobody has open, to see that every page and every index is sound.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it is not.
 */
export function checkDatabase(file: string): DatabaseSummary {
  return lookInto(file, (db) => {
    if (db.pragma('integrity_check(1)', { simple: true }) !== 'ok')
      throw damagedDatabase(file, 'integrity_check failed');
    if ((db.pragma('foreign_key_check') as unknown[]).length > 0)
      throw damagedDatabase(file, 'foreign_key_check failed');
    return {
      schema: Number(db.pragma('user_version', { simple: true })),
      calls: Number(db.prepare('SELECT count(*) FROM calls WHERE state IS NOT NULL').pluck().get()),
    };
  });
}

/** Reads a database that is there, and changes nothing of it. What SQLite cannot read is told as of a damaged file. */
export function lookInto<Result>(file: string, work: (db: Database) => Result): Result {
  let db: Database | undefined;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
    return work(db);
  } catch (thrown) {
    throw cannotOpen(file, thrown);
  } finally {
    db?.close();
  }
}
