import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { makeDatabaseFile, narrowDatabaseFile } from './database-file.ts';
import { IN_MEMORY } from '../../../database-url.ts';
import { diskTroubleError, diskTroubleOf } from './disk-trouble.ts';
import { migrate } from './migrations.ts';
import { openUnusedBytes } from './unused-bytes.ts';

/** How long a write waits for another program's lock, in ms. It blocks this thread only, which has nothing else to do. */
const LOCK_WAIT_MS = 2000;

/** Past this size the write-ahead log is written back by force, in bytes: a reader that never pauses would let it grow for ever. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;

const PAGE_BYTES = 4096;

export interface DatabaseLimits {
  /** How large the file may grow, in bytes. Past it the journal behaves as on a full disk. */
  readonly maxBytes?: number;
}

/**
 * Opens the journal's file, making it and its folder when they are not there,
 * for the engine's user alone, and brings it to today's shape. Reads the whole file once, to see that it is sound.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it cannot be opened, is damaged or is no
 *   database. It is never deleted and never made anew.
 */
export function openDatabase(file: string, { maxBytes }: DatabaseLimits = {}): Database {
  let db: Database | undefined;
  try {
    if (file !== IN_MEMORY) makeDatabaseFile(file);
    narrowDatabaseFile(file);
    db = new Sqlite(file, { timeout: LOCK_WAIT_MS });
    checkSoundness(db);
    db.pragma('journal_mode = WAL');
    // In WAL mode NORMAL loses the last commits at a power cut; an acknowledged row must not be lost.
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${String(MAX_WAL_BYTES)}`);
    // What is erased is overwritten: a caller's number must not stay in a free page.
    db.pragma('secure_delete = ON');
    if (maxBytes !== undefined) db.pragma(`max_page_count = ${String(Math.floor(maxBytes / PAGE_BYTES))}`);
    migrate(db);
    narrowDatabaseFile(file); // What SQLite has made beside it.
    openUnusedBytes(db).sweepAtStart();
    return db;
  } catch (thrown) {
    db?.close();
    throw cannotOpen(file, thrown);
  }
}

/** Writes the write-ahead log back when it has outgrown its cap. Waits for readers for as long as for a lock. */
export function capWriteAheadLog(db: Database): void {
  if (db.memory) return;
  const wal = statSync(`${db.name}-wal`, { throwIfNoEntry: false });
  if (wal !== undefined && wal.size > MAX_WAL_BYTES) db.pragma('wal_checkpoint(RESTART)');
}

function checkSoundness(db: Database): void {
  const verdict = db.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw damagedDatabase(db.name, 'quick_check failed');
}

/** What is told of a file that SQLite cannot open or read. What was told already stays as it is. */
export function cannotOpen(file: string, thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const trouble = diskTroubleOf(thrown);
  if (trouble?.startsWith('SQLITE_CORRUPT') === true || trouble === 'SQLITE_NOTADB')
    return damagedDatabase(file, trouble);
  const reason =
    trouble ?? (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'it cannot be opened');
  return diskTroubleError(reason, file, thrown);
}

export const damagedDatabase = (file: string, sign: string) =>
  new EngineError(
    'STORAGE_UNAVAILABLE',
    `${file} is damaged or not a database (${sign}); it was not touched: move it away or put a backup in its place`,
  );
