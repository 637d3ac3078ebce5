import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { AGENTS, type KeptPlaces, verifyBackup } from './backup.ts';
import { type BackupManifest, DATABASE, unusable } from './backup-manifest.ts';
import { type ErasedSince, eraseSince } from './erased-since.ts';
import type { Log } from '../../log.ts';
import { KEYS } from '../data-folder/kept-files.ts';
import { copyOnce, makeFolder, readWhole } from '../../private-files.ts';
import { ownDatabase } from '../storage/sqlite/database-owner.ts';
import { type ErasureTrail, erasureTrailOf } from '../storage/sqlite/erasure-trail.ts';
import { IN_MEMORY } from '../../database-url.ts';
import { SCHEMA } from '../storage/sqlite/migrations.ts';

/** What SQLite would take for a part of a database that is put beside it. */
const BESIDE_DATABASE = ['', '-wal', '-journal'];

export interface Restored {
  readonly manifest: BackupManifest;
  /** Undefined: nobody said where it is written who was erased since. */
  readonly erasedSince: ErasedSince | undefined;
  /** False: there were profiles already, and those in the backup were left there. */
  readonly withAgents: boolean;
}

/**
 * Puts a backup where an engine finds it, once all of it was read and found
 * sound. Nothing that is there is written over: a database has to be moved away
 * first, and a recording or a clip that is still there stays. The database
 * comes last, so that one that was cut off is done again.
 *
 * @param since - a database that has the erasures since the backup in its trail: they are done again.
 * @throws {EngineError} `BACKUP_UNUSABLE` when it is not sound or of a newer engine; `DATABASE_IN_USE` while an engine has
 *   the database; `REQUEST_INVALID` when something is in the way.
 */
export async function restoreBackup(
  folder: string,
  places: KeptPlaces,
  since?: { readonly erasedIn: string; readonly clock: Clock; readonly log: Log },
): Promise<Restored> {
  const { databaseFile } = places;
  if (databaseFile === IN_MEMORY)
    throw new EngineError('REQUEST_INVALID', 'DATABASE_URL: a database in memory cannot be restored');
  const manifest = await verifyBackup(folder);
  if (manifest.schema > SCHEMA) {
    throw unusable(
      `it has schema ${String(manifest.schema)}, this engine knows ${String(SCHEMA)}: restore it with the newer engine`,
    );
  }
  const trail = since && erasureTrailOf(since.erasedIn);
  const release = await ownDatabase(databaseFile);
  try {
    await refuseWhatIsInTheWay(folder, places, manifest);
    const withAgents = !(await holdsProfiles(places.agentsDir));
    for (const { path } of manifest.files) {
      const to = placeOf(path, places, withAgents);
      if (to !== undefined) await put(join(folder, path), to);
    }
    await put(join(folder, DATABASE), databaseFile);
    const erasedSince = trail && (await erasedOrUndone(places, trail, since));
    return { manifest, withAgents, erasedSince };
  } finally {
    await release();
  }
}

/** A database in which somebody who was erased still stands is not left where an engine finds it. */
async function erasedOrUndone(
  places: KeptPlaces,
  trail: ErasureTrail,
  parts: Parameters<typeof eraseSince>[2],
): Promise<ErasedSince> {
  try {
    return await eraseSince(places, trail, parts);
  } catch (thrown) {
    for (const end of [...BESIDE_DATABASE, '-shm']) await rm(`${places.databaseFile}${end}`, { force: true });
    throw thrown;
  }
}

/** Where a file of a backup belongs. Undefined for the database, which comes last, and for what stays where it is. */
function placeOf(path: string, { dataDir, agentsDir }: KeptPlaces, withAgents: boolean): string | undefined {
  if (path === DATABASE) return undefined;
  if (!path.startsWith(`${AGENTS}/`)) return join(dataDir, path);
  return withAgents ? join(agentsDir, path.slice(AGENTS.length + 1)) : undefined;
}

async function refuseWhatIsInTheWay(
  folder: string,
  { databaseFile, dataDir }: KeptPlaces,
  { files }: BackupManifest,
): Promise<void> {
  for (const end of BESIDE_DATABASE) {
    const path = `${databaseFile}${end}`;
    if (existsSync(path)) throw new EngineError('REQUEST_INVALID', `${path} exists: move it away first`);
  }
  for (const key of KEYS) {
    if (!files.some(({ path }) => path === key)) continue;
    const [here, kept] = await Promise.all([readWhole(join(dataDir, key)), readWhole(join(folder, key))]);
    if (here !== undefined && kept?.equals(here) !== true) {
      const path = join(dataDir, key);
      throw new EngineError(
        'REQUEST_INVALID',
        `${path} differs from the key in the backup: move it away first`,
      );
    }
  }
}

async function holdsProfiles(agentsDir: string): Promise<boolean> {
  const names = await readdir(agentsDir).catch(() => []);
  return names.some((name) => name.endsWith('.json') && !name.startsWith('.'));
}

async function put(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  if (!(await copyOnce(from, to))) throw unusable(`${from} is missing`);
}
