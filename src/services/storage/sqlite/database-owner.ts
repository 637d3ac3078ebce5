import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { EngineError } from '../../../errors.ts';
import { readWhole, writeWhole } from '../../../private-files.ts';
import { makeDatabaseFile } from './database-file.ts';
import { IN_MEMORY } from '../../../database-url.ts';
import { diskTroubleError, diskTroubleOf } from './disk-trouble.ts';

/** Whoever only looks holds the lock for less than this, in ms. */
const LOCK_WAIT_MS = 250;

const Owner = z.object({ url: z.url(), processId: z.int(), workers: z.int().positive().exactOptional() });

/** Who has a database. */
export interface DatabaseOwner {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** As its own machine or container counts them. */
  readonly processId: number;
  /** How many workers that process watches over; absent: it takes calls itself. */
  readonly workers?: number;
}

/**
 * Takes a database for this process alone, before anything of it is read or
 * written. The lock is SQLite's on an empty file beside it: the operating
 * system lets go of it when the process ends, however it ends, and it is held
 * against the threads of this process as well. Readers of the database itself,
 * such as a backup, are not in its way.
 *
 * A database in memory is its process's own.
 *
 * @param owner - where it listens. Undefined: nowhere, it has the database for a moment, such as to restore it.
 * @returns what gives it back.
 * @throws {EngineError} `DATABASE_IN_USE`, naming the file and who has it; `STORAGE_UNAVAILABLE` when the lock cannot be made.
 */
export async function ownDatabase(file: string, owner?: DatabaseOwner): Promise<() => Promise<void>> {
  if (file === IN_MEMORY) return () => Promise.resolve();
  const { lock, note } = filesBeside(file);
  const held = await take(file, lock);
  try {
    if (owner === undefined) await rm(note, { force: true });
    else await writeWhole(note, JSON.stringify(owner));
  } catch (cause) {
    held.close();
    throw new EngineError('STORAGE_UNAVAILABLE', `${note} cannot be written`, { cause });
  }
  return async () => {
    if (!held.open) return;
    // While it is ours: the note of whoever comes next stays.
    await rm(note, { force: true }).catch(() => undefined);
    held.close();
  };
}

/**
 * Who has a database now. `unknown`: somebody who has not said yet where it listens. Undefined: nobody.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the lock cannot be looked at.
 */
export async function ownerOf(file: string): Promise<DatabaseOwner | 'unknown' | undefined> {
  if (file === IN_MEMORY) return undefined;
  const { lock, note } = filesBeside(file);
  return existsSync(lock) && isHeld(lock) ? ownerIn(note) : undefined;
}

async function take(file: string, lock: string): Promise<Database> {
  let db: Database | undefined;
  try {
    makeDatabaseFile(lock);
    db = new Sqlite(lock, { timeout: LOCK_WAIT_MS });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (thrown) {
    db?.close();
    if (!isBusy(thrown)) throw cannotLock(lock, thrown);
    const owner = await ownerOf(file);
    throw new EngineError('DATABASE_IN_USE', `${file}, ${nameOf(owner)}`, { cause: thrown });
  }
}

const nameOf = (owner: DatabaseOwner | 'unknown' | undefined) =>
  owner === undefined || owner === 'unknown'
    ? 'by an engine that is just starting'
    : `by the engine at ${owner.url} (process ${String(owner.processId)})`;

function isHeld(lock: string): boolean {
  let db: Database | undefined;
  try {
    db = new Sqlite(lock, { readonly: true, timeout: 0 });
    db.pragma('user_version');
    return false;
  } catch (thrown) {
    if (isBusy(thrown)) return true;
    throw cannotLock(lock, thrown);
  } finally {
    db?.close();
  }
}

async function ownerIn(note: string): Promise<DatabaseOwner | 'unknown'> {
  try {
    return Owner.parse(JSON.parse(String(await readWhole(note))));
  } catch {
    return 'unknown';
  }
}

/** Beside the file itself, by whichever link it was named: two names of one database are one lock. */
function filesBeside(file: string): { lock: string; note: string } {
  const path = existsSync(file)
    ? realpathSync(file)
    : join(existsSync(dirname(file)) ? realpathSync(dirname(file)) : dirname(file), basename(file));
  return { lock: `${path}-lock`, note: `${path}-owner` };
}

const isBusy = (thrown: unknown) => diskTroubleOf(thrown)?.startsWith('SQLITE_BUSY') === true;

const cannotLock = (lock: string, thrown: unknown) =>
  diskTroubleError(diskTroubleOf(thrown) ?? 'SQLITE_CANTOPEN', lock, thrown);
