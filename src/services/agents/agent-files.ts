import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import { textOf } from '../../text-files.ts';
import { readWithin, writeWhole } from '../../private-files.ts';

/** One file of the agents' folder, as it stands on disk. */
export interface AgentFile {
  /** Name within the folder, such as `default.json`. */
  readonly name: string;
  readonly text: string;
}

/** One that is there, and why it has no text. */
export interface UnreadFile {
  readonly name: string;
  readonly fault: string;
}

/**
 * Every profile file of a folder, by name. Hidden files are no profiles: an
 * interrupted save leaves one.
 *
 * @throws {EngineError} `PROFILE_INVALID` when the folder cannot be read.
 */
export async function readAgentFiles(folder: string): Promise<(AgentFile | UnreadFile)[]> {
  const names = await namesIn(folder);
  const profiles = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  return Promise.all(profiles.map((name) => readAgentFile(folder, name)));
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

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new EngineError('PROFILE_INVALID', `\n  ${folder}: ${whyUnread(cause)}`, { cause });
  }
}

async function readAgentFile(folder: string, name: string): Promise<AgentFile | UnreadFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readWithin(folder, name);
  } catch (cause) {
    return { name, fault: whyUnread(cause) };
  }
  try {
    return { name, text: textOf(bytes) };
  } catch {
    return { name, fault: 'is not UTF-8: save it as UTF-8' };
  }
}

function whyUnread(cause: unknown): string {
  const isLink = cause instanceof EngineError;
  const why = isLink
    ? 'a link to outside the folder'
    : ((cause as NodeJS.ErrnoException).code ?? 'unknown error');
  return `cannot be read (${why})`;
}
