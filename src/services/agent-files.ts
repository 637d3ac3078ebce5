import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { readWithin, writeWhole } from './private-files.ts';
import { textOf } from './text-files.ts';

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
 * @throws {EngineError} `PROFILE_INVALID` when the folder or a file cannot be read, or a link leads out of the folder.
 */
export async function readAgentFiles(folder: string): Promise<AgentFile[]> {
  const names = await orRefuse(folder, readdir(folder));
  const profiles = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  return Promise.all(
    profiles.map(async (name) => ({
      name,
      text: decoded(join(folder, name), await orRefuse(join(folder, name), readWithin(folder, name))),
    })),
  );
}

/**
 * Writes one file, whole or not at all, for the engine's user alone.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the name is a link, which would lead out of the folder;
 *   `UNAVAILABLE` when the disk refuses.
 */
export async function saveAgentFile(folder: string, { name, text }: AgentFile): Promise<void> {
  try {
    await writeWhole(join(folder, name), text);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
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

function decoded(path: string, bytes: Uint8Array): string {
  try {
    return textOf(bytes);
  } catch (cause) {
    throw new EngineError('PROFILE_INVALID', `\n  ${path}: is not UTF-8: save it as that`, { cause });
  }
}

async function orRefuse<Value>(path: string, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (cause) {
    const isLink = cause instanceof EngineError;
    const why = isLink
      ? 'a link out of the folder'
      : ((cause as NodeJS.ErrnoException).code ?? 'unknown error');
    throw new EngineError('PROFILE_INVALID', `\n  ${path}: cannot be read (${why})`, { cause });
  }
}
