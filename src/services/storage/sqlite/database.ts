import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { makeDatabaseFile, narrowDatabaseFile } from './database-file.ts';
import { IN_MEMORY } from '../../../database-url.ts';
import { DiskTrouble, diskTroubleError, diskTroubleOf } from './disk-trouble.ts';
import { migrate } from './migrations.ts';
import { openUnusedBytes } from './unused-bytes.ts';

/**
 * How long a write waits for another program's lock, in ms. It blocks this thread only, which has nothing else to do; and
 * what is refused then, was told less than 2 s ago.
 */
const LOCK_WAIT_MS = 1500;

/** The same while it is known to be locked, in ms: what comes meanwhile has waited long enough. */
const LOCKED_WAIT_MS = 100;

/** Past this size the write-ahead log is written back by force, in bytes: a reader that never pauses would let it grow for ever. */
const MAX_WAL_BYTES = 64 * 1024 * 1024;

const PAGE_BYTES = 4096;

/** Pages that are written back together: some 5 ms. */
const WRITE_BACK_PAGES = 200;

export interface DatabaseLimits {
  /** How large the file may grow, in bytes. Past it the journal behaves as on a full disk. */
  readonly maxBytes?: number;
}

/**
 * Opens the journal's file, making it and its folder when they are not there,
 * for the engine's user alone, and brings it to today's shape. Reads the whole file once, to see that it is sound.
 *
 * @param isAgain - this process had it open before: a file that is gone is somebody's mistake, and is not made anew.
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it cannot be opened, is damaged or is no
 *   database. It is never deleted and never made anew; neither it nor the log beside it is changed by a byte.
 */
export function openDatabase(file: string, { maxBytes }: DatabaseLimits = {}, isAgain = false): Database {
  let db: Database | undefined;
  try {
    const isFile = file !== IN_MEMORY;
    if (isFile && !isAgain) makeDatabaseFile(file);
    narrowDatabaseFile(file);
    if (isFile) checkSoundness(file);
    db = new Sqlite(file, { timeout: LOCK_WAIT_MS, fileMustExist: isFile });
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

/** How long writes wait for a lock from now on. */
export function waitForLock(db: Database, isLocked: boolean): void {
  db.pragma(`busy_timeout = ${String(isLocked ? LOCKED_WAIT_MS : LOCK_WAIT_MS)}`);
}

/**
 * Writes the write-ahead log back when it has outgrown its cap. Where somebody reads for long, such as who copies the file,
 * it grows on until they have read: calls do not wait for them.
 */
export function capWriteAheadLog(db: Database): void {
  if (db.memory) return;
  const wal = statSync(`${db.name}-wal`, { throwIfNoEntry: false });
  if (wal !== undefined && wal.size > MAX_WAL_BYTES)
    withoutWaiting(db, () => db.pragma('wal_checkpoint(RESTART)'));
}

/**
 * Writes what waits in the write-ahead log back, where it is more than a little. SQLite does it by itself when it has grown to
 * 1,000 pages, inside of a commit: this is to come before that, when nobody waits for a commit.
 */
export function writeBack(db: Database): void {
  if (db.memory) return;
  const waiting = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
  if (waiting.some(({ log, checkpointed }) => log - checkpointed >= WRITE_BACK_PAGES)) writeBackNow(db);
}

/** What the disk refuses here, it refuses the next commit, which says so. */
function writeBackNow(db: Database): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch (thrown) {
    if (diskTroubleOf(thrown) === undefined) throw thrown;
  }
}

/** What it finds locked, it leaves. */
function withoutWaiting(db: Database, work: () => void): void {
  const waitMs = Number(db.pragma('busy_timeout', { simple: true }));
  db.pragma('busy_timeout = 0');
  try {
    work();
  } finally {
    db.pragma(`busy_timeout = ${String(waitMs)}`);
  }
}

/** By a connection that cannot write: any other would write the log back into a damaged file when it is closed. */
function checkSoundness(file: string): void {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
  try {
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok')
      throw damagedDatabase(file, 'quick_check failed');
  } catch (thrown) {
    // A new file whose first transaction was cut off, which only a writer may undo.
    if (diskTroubleOf(thrown)?.startsWith('SQLITE_READONLY') !== true) throw thrown;
  } finally {
    db.close();
  }
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
  new DiskTrouble(
    'damaged',
    `${file} is damaged or not a database (${sign}); it was not touched: move it away or put a backup in its place`,
  );
