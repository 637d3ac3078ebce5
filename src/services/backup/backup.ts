import { type Dirent, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { VERSIONS } from '../agents/agent-versions.ts';
import {
  type BackupManifest,
  checkedManifest,
  DATABASE,
  isBackedUp,
  unusable,
  writeManifest,
} from './backup-manifest.ts';
import { CLIPS, KEYS, RECORDINGS } from '../data-folder/kept-files.ts';
import { copyOnce, makeFolder, makeWholeFolder, readWithin, writeOnce } from '../../private-files.ts';
import { checkDatabase, copyDatabase } from '../storage/sqlite/database-copy.ts';
import { IN_MEMORY } from '../../database-url.ts';

/** Where an engine keeps what a backup holds. */
export interface KeptPlaces {
  readonly databaseFile: string;
  /** Recordings, clips, keys. */
  readonly dataDir: string;
  readonly agentsDir: string;
}

/** A file of the engine's: where it is, and its path in a backup. */
interface KeptFile {
  readonly from: string;
  readonly path: string;
}

export const AGENTS = 'agents';

/**
 * Copies everything that an engine keeps into a new folder, for the engine's
 * user alone, and reads the copy to see that it is sound. The engine may run,
 * and take calls meanwhile: the database is as it was at one moment, and a
 * recording that is still being made is in it as far as it had come.
 *
 * @param folder - a name that nothing has.
 * @throws {EngineError} `REQUEST_INVALID` when something has the name; `CONFIG_INVALID` when there is no database;
 *   `STORAGE_UNAVAILABLE` when it is damaged, or the disk refuses.
 */
export async function makeBackup(
  folder: string,
  places: KeptPlaces,
  { clock, withRecordings }: { clock: Clock; withRecordings: boolean },
): Promise<BackupManifest> {
  const { databaseFile, dataDir, agentsDir } = places;
  refuseMissing(databaseFile);
  let manifest: BackupManifest | undefined;
  await makeWholeFolder(folder, async (draft) => {
    const madeAt = new Date(clock.now()).toISOString();
    // Listed before the database is copied: so each recording has its call in the copy. What is erased meanwhile is left out.
    const kept = [
      ...KEYS.map((path) => ({ from: join(dataDir, path), path })),
      ...(await filesIn(join(dataDir, CLIPS), CLIPS)),
      ...(withRecordings ? await filesIn(join(dataDir, RECORDINGS), RECORDINGS) : []),
    ];
    copyDatabase(databaseFile, join(draft, DATABASE));
    const copied = [...(await copyAll(kept, draft)), ...(await copyAgents(agentsDir, draft))];
    const summary = checkDatabase(join(draft, DATABASE));
    manifest = await writeManifest(draft, [DATABASE, ...copied], { madeAt, ...summary });
  });
  if (manifest === undefined) throw new EngineError('INTERNAL', 'the backup has no manifest');
  return manifest;
}

/**
 * Reads all of a backup: whether every file is what was written, and every page of the database is sound.
 *
 * @throws {EngineError} `BACKUP_UNUSABLE` or `STORAGE_UNAVAILABLE`, naming the file that is not.
 */
export async function verifyBackup(folder: string): Promise<BackupManifest> {
  const manifest = await checkedManifest(folder);
  const { schema } = checkDatabase(join(folder, DATABASE));
  if (schema !== manifest.schema)
    throw unusable(`${join(folder, DATABASE)} has another schema than its manifest says`);
  return manifest;
}

function refuseMissing(databaseFile: string): void {
  if (databaseFile === IN_MEMORY)
    throw new EngineError('REQUEST_INVALID', 'DATABASE_URL: a database in memory has no backup');
  if (!existsSync(databaseFile))
    throw new EngineError('CONFIG_INVALID', `DATABASE_URL: ${databaseFile} does not exist`);
}

/** @param path - that of the folder in a backup. */
async function filesIn(folder: string, path: string): Promise<KeptFile[]> {
  return (await entriesOf(folder))
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ from: join(folder, name), path: `${path}/${name}` }))
    .filter(({ path }) => isBackedUp(path));
}

/** @returns paths of those that were there. */
async function copyAll(files: readonly KeptFile[], draft: string): Promise<string[]> {
  const copied: string[] = [];
  for (const { from, path } of files) {
    await makeFolder(dirname(join(draft, path)));
    if (await copyOnce(from, join(draft, path))) copied.push(path);
  }
  return copied;
}

/** Profiles, which can be links within their folder, and what was written of them before. */
async function copyAgents(agentsDir: string, draft: string): Promise<string[]> {
  const copied: string[] = [];
  for (const { name } of await entriesOf(agentsDir)) {
    const path = `${AGENTS}/${name}`;
    if (!isBackedUp(path)) continue;
    await makeFolder(join(draft, AGENTS));
    await writeOnce(join(draft, path), await readWithin(agentsDir, name));
    copied.push(path);
  }
  const versions: KeptFile[] = [];
  for (const { name: id } of await entriesOf(join(agentsDir, VERSIONS))) {
    const path = `${VERSIONS}/${id}`;
    versions.push(...(await filesIn(join(agentsDir, path), `${AGENTS}/${path}`)));
  }
  return [...copied, ...(await copyAll(versions, draft))];
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch(() => []);
