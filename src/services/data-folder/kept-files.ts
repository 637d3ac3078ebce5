import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClipFiles } from '../clips/clip-files.ts';
import { keptKeyIn, type KeyName } from './kept-key.ts';
import type { Log } from '../../log.ts';
import { isForAll, isWide, makeFolder, narrow, narrowFolder } from '../../private-files.ts';
import { Recordings } from '../recordings/recordings.ts';
import { IN_MEMORY } from '../../database-url.ts';

/** Folders and files of the data folder. */
export const CLIPS = 'clips';
export const RECORDINGS = 'recordings';
export const KEYS: readonly KeyName[] = ['stream-key', 'audit-key'];
/** What SQLite and the engine add to the name of a database. */
const BESIDE_DATABASE = /-(?:wal|shm|journal|lock|owner)$/;
const DRAFT = /^\..+\.draft$/;
/** What the database did not take, written beside it. */
const RESCUE = /^rescue-.+\.jsonl$/;

/** What the engine keeps in files of its own, beside the database or where the operator wants it. */
export interface KeptFiles {
  /** Undefined: clips live as long as the process. */
  readonly clips: ClipFiles | undefined;
  /** Undefined: nothing is recorded. */
  readonly recordings: Recordings | undefined;
  /** A secret of the engine's own; a new one for each process where nothing is kept. */
  readonly key: (name: KeyName) => Promise<Buffer>;
}

export interface KeptFilesParts {
  /** Undefined: there is none, as with a database in memory, which no later process will know. */
  readonly folder: string | undefined;
  /** Path of the SQLite file, or `:memory:`. */
  readonly databaseFile: string;
  readonly log: Log;
}

/**
 * Makes the data folder, for the engine's user alone, and closes to others
 * what an older engine left open: the folder, the database's folder, and what
 * is in them. A folder that holds other things as well is left as it is.
 */
export async function openKeptFiles({ folder, databaseFile, log }: KeptFilesParts): Promise<KeptFiles> {
  const databaseFolder = databaseFile === IN_MEMORY ? undefined : dirname(databaseFile);
  if (databaseFolder !== undefined) await close(databaseFolder, databaseFile, log);
  if (folder === undefined) {
    return { ...filesIn(undefined), key: () => Promise.resolve(randomBytes(32)) };
  }
  if (folder !== databaseFolder) await close(folder, databaseFile, log);
  await narrowFolder(join(folder, CLIPS));
  await narrowFolder(join(folder, RECORDINGS));
  return {
    ...filesIn(folder),
    key: async (name) => {
      await makeFolder(folder);
      return keptKeyIn(folder, name);
    },
  };
}

/** Clips and recordings in a data folder that is open already: another process of the engine has closed it to others. */
export function filesIn(folder: string | undefined): Pick<KeptFiles, 'clips' | 'recordings'> {
  if (folder === undefined) return { clips: undefined, recordings: undefined };
  return {
    clips: new ClipFiles(join(folder, CLIPS)),
    recordings: new Recordings(join(folder, RECORDINGS)),
  };
}

async function close(folder: string, databaseFile: string, log: Log): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined || !(await isWide(folder))) return;
  const isOwnFolder = names.every((name) => isOwn(name, basename(databaseFile)));
  if (isOwnFolder && !(await isForAll(folder))) await narrow(folder);
  if (await isWide(folder)) {
    log.warn(
      {},
      'other users can read the data folder: it has other files or another owner, so its mode was not changed',
    );
  }
}

/** Names that the engine gives. A shared folder, such as the working directory, holds others. */
const isOwn = (name: string, database: string) =>
  [CLIPS, RECORDINGS, ...KEYS, database].includes(name.replace(BESIDE_DATABASE, '')) ||
  DRAFT.test(name) ||
  RESCUE.test(name);
