import { lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';

/** One file of the agents' folder, as it stands on disk. */
export interface AgentFile {
  /** Name within the folder, such as `default.json`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Every profile file of a folder, by name. Hidden files are no profiles: an
 * interrupted save leaves one.
 *
 * @throws {EngineError} `PROFILE_INVALID` when the folder or a file cannot be read.
 */
export async function readAgentFiles(folder: string): Promise<AgentFile[]> {
  const names = await orRefuse(folder, readdir(folder));
  const profiles = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  return Promise.all(
    profiles.map(async (name) => ({
      name,
      text: await orRefuse(join(folder, name), readFile(join(folder, name), 'utf8')),
    })),
  );
}

/**
 * Writes one file so that a crash at any point leaves the old text or the new,
 * never a part: a hidden neighbour is written, synced and renamed over it.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the name is a link, which would lead out of the folder;
 *   `UNAVAILABLE` when the disk refuses.
 */
export async function saveAgentFile(folder: string, { name, text }: AgentFile): Promise<void> {
  const path = join(folder, name);
  const draft = join(folder, `.${name}.draft`);
  if (await isLink(path))
    throw new EngineError('REQUEST_INVALID', `${name} is a link; only files are written`);
  try {
    await rm(draft, { force: true });
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(folder);
  } catch (cause) {
    throw new EngineError('UNAVAILABLE', 'the agents folder cannot be written', { cause });
  }
}

/** When a file was last written: ISO 8601 UTC with milliseconds; the Unix epoch for one that is gone. */
export async function savingTime(path: string): Promise<string> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch {
    return new Date(0).toISOString();
  }
}

/** The rename itself is durable only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false; // Not there yet.
  }
}

async function orRefuse<Value>(path: string, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new EngineError('PROFILE_INVALID', `\n  ${path}: cannot be read (${why})`, { cause });
  }
}
