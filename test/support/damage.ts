import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

/** The first page says that it is a database, and how large its pages are. */
const HEADER_BYTES = 4096;

/**
 * Overwrites all of a database but its first page, as a failing disk does, while others have it open; whoever reads or
 * writes it next finds that out.
 *
 * @returns what puts everything back.
 */
export function damageDatabase(file: string): () => void {
  const db = new Sqlite(file);
  lockWithoutLog(db, file);
  // So that the others read anew what they have in memory.
  db.prepare('INSERT INTO probe (ballast) VALUES (zeroblob(1))').run();
  const whole = readFileSync(file);
  overwrite(file, Buffer.alloc(whole.length - HEADER_BYTES, 0x5a));
  db.exec('COMMIT');
  db.close();
  return () => {
    overwrite(file, whole.subarray(HEADER_BYTES));
  };
}

/** Nothing stands in the log, and nobody else can write. */
function lockWithoutLog(db: Sqlite.Database, file: string): void {
  for (;;) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.exec('BEGIN IMMEDIATE');
    if (statSync(`${file}-wal`).size === 0) return;
    db.exec('ROLLBACK');
  }
}

function overwrite(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, HEADER_BYTES);
  closeSync(handle);
}
