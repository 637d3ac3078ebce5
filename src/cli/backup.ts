import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { loadEnvironment, readConfig } from '../config.ts';
import { type KeptPlaces, makeBackup, verifyBackup } from '../services/backup/backup.ts';
import type { BackupManifest } from '../services/backup/backup-manifest.ts';
import { restoreBackup } from '../services/backup/restore.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

export interface BackupFlags {
  /** False: recordings are left out. */
  readonly recordings: boolean;
  readonly verify: boolean;
  readonly restore: boolean;
  /** A database, or a backup, that has the erasures since in its trail. */
  readonly erasedIn?: string;
}

/**
 * `callchart backup FOLDER`: copies what the engine keeps, while it runs; with
 * `--verify` reads such a copy, with `--restore` puts it where the settings say.
 *
 * @throws {UsageError} when the folder is there, or is not; {EngineError} when it could not be done.
 */
export async function backup(folder: string, flags: BackupFlags, terminal: Terminal): Promise<number> {
  const isToBeRead = flags.verify || flags.restore;
  if (flags.verify && flags.restore) throw new UsageError('--restore verifies first: leave --verify out');
  if (isToBeRead !== existsSync(folder))
    throw new UsageError(
      `${folder}: ${isToBeRead ? 'no such folder' : 'already exists; choose another name'}`,
    );
  if (flags.verify) {
    terminal.print(`${folder} is sound: ${told(await verifyBackup(folder))}`);
    return EXIT.ok;
  }
  if (flags.erasedIn !== undefined && !flags.restore) throw new UsageError('--erased-in goes with --restore');
  const places = placesOf();
  if (flags.restore) return restore(folder, places, flags.erasedIn, terminal);
  const manifest = await makeBackup(folder, places, { clock: systemClock, withRecordings: flags.recordings });
  terminal.print(`${folder} is written, and was read again: ${told(manifest)}`);
  return EXIT.ok;
}

async function restore(
  folder: string,
  places: KeptPlaces,
  erasedIn: string | undefined,
  terminal: Terminal,
): Promise<number> {
  if (erasedIn !== undefined && !existsSync(erasedIn)) throw new UsageError(`${erasedIn}: no such file`);
  const since = erasedIn === undefined ? undefined : { erasedIn, clock: systemClock, log: QUIET };
  const { manifest, withAgents, erasedSince } = await restoreBackup(folder, places, since);
  terminal.print(`${places.databaseFile} is restored: ${told(manifest)}`);
  if (!withAgents)
    terminal.print(`${places.agentsDir} holds profiles: those of the backup are in ${folder}/agents`);
  terminal.print(
    erasedSince === undefined
      ? 'Whoever was erased later is in it again: erase them anew before the engine takes calls.'
      : `Erased again: ${String(erasedSince.callers)} callers and ${String(erasedSince.calls)} calls.`,
  );
  return EXIT.ok;
}

const nothing = () => undefined;
/** What goes wrong is thrown. */
const QUIET = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function placesOf(): KeptPlaces {
  const { databaseFile, dataDir, agentsDir } = readConfig(loadEnvironment());
  // Without a data folder the database is in memory, which is refused by its name.
  return { databaseFile, dataDir: dataDir ?? '.', agentsDir };
}

function told({ calls, files, madeAt }: BackupManifest): string {
  const recordings = files.filter(({ path }) => path.endsWith('.wav')).length;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return `${String(calls)} calls, ${String(recordings)} recordings, ${size}, as of ${madeAt}`;
}
