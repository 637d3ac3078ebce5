import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  mkdirSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../../private-files.ts';

/** What SQLite keeps beside a database. A new one gets the rights of the database. */
const BESIDE = ['', '-wal', '-shm', '-journal'];
const OTHERS = 0o077;

/**
 * Makes a database's folder and its file, where they are not there, for the
 * engine's user alone. SQLite would make the file as the umask lets it.
 */
export function makeDatabaseFile(file: string): void {
  makeFolder(dirname(file));
  try {
    const handle = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, OWNER_ONLY);
    fchmodSync(handle, OWNER_ONLY); // A umask can take the owner's own rights away.
    closeSync(handle);
  } catch {
    // It is there, or cannot be made: SQLite says which.
  }
}

/** Takes the rights of others off a database and what lies beside it. What somebody else owns stays as it is. */
export function narrowDatabaseFile(file: string): void {
  for (const end of BESIDE) {
    try {
      const path = `${realpathSync(file)}${end}`;
      const { mode } = statSync(path);
      if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o7777 & ~OTHERS);
    } catch {
      // It is not there, or not the engine's.
    }
  }
}

/** Level by level: a umask that takes the owner's own rights away must not stand in the way of the next. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, OWNER_ONLY_FOLDER);
    chmodSync(folder, OWNER_ONLY_FOLDER);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw thrown;
    makeFolder(dirname(folder));
    makeFolder(folder);
  }
}
