import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import { saveAgentFile } from './agent-files.ts';
import { makeOwnFolder, readWhole } from '../../private-files.ts';

/** A profile as it was written at some time. */
export interface KeptVersion {
  readonly version: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly savedAt: string;
  readonly written: Readonly<Record<string, unknown>>;
}

/** Beside the profiles, and hidden: what begins with a dot is no profile. */
export const VERSIONS = '.versions';
const MAX_KEPT = 100;
/** `2026-11-25T10-00-00.000Z.1a2b3c4d5e6f.json`: names sort by time; a colon is none of every file system. */
const NAME = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.([0-9a-f]{12})\.json$/;

/** Names what was written: the same text has the same version everywhere. */
export const versionOf = (written: object): string =>
  createHash('sha256').update(JSON.stringify(written)).digest('hex').slice(0, 12);

/**
 * Keeps what was written, as one file more; the oldest beyond a hundred go.
 *
 * @throws {EngineError} `UNAVAILABLE` when the folder cannot be written.
 */
export async function keepVersion(
  folder: string,
  id: string,
  { savedAt, written }: Omit<KeptVersion, 'version'>,
): Promise<void> {
  const place = join(folder, VERSIONS, id);
  try {
    await makeOwnFolder(join(folder, VERSIONS));
    await makeOwnFolder(place);
  } catch (cause) {
    throw new EngineError('UNAVAILABLE', 'the agent versions cannot be written', { cause });
  }
  const name = `${savedAt.replaceAll(':', '-')}.${versionOf(written)}.json`;
  await saveAgentFile(place, { name, text: `${JSON.stringify(written, null, 2)}\n` });
  const old = (await namesIn(place)).slice(MAX_KEPT);
  await Promise.all(old.map((each) => rm(join(place, each), { force: true })));
}

/** What was kept of an agent, newest first. A file that cannot be read any more is left out. */
export async function keptVersions(folder: string, id: string): Promise<KeptVersion[]> {
  const place = join(folder, VERSIONS, id);
  const read = await Promise.all((await namesIn(place)).map((name) => readVersion(join(place, name), name)));
  return read.filter((version) => version !== undefined);
}

async function namesIn(place: string): Promise<string[]> {
  try {
    const names = await readdir(place);
    return names
      .filter((name) => NAME.test(name))
      .sort()
      .reverse();
  } catch {
    return []; // Nothing was kept yet.
  }
}

async function readVersion(path: string, name: string): Promise<KeptVersion | undefined> {
  const [, day = '', hour = '', minute = '', second = '', version = ''] = NAME.exec(name) ?? [];
  try {
    const written: unknown = JSON.parse((await readWhole(path))?.toString('utf8') ?? '');
    if (typeof written !== 'object' || written === null || Array.isArray(written)) return undefined;
    return { version, savedAt: `${day}${hour}:${minute}:${second}`, written: { ...written } };
  } catch {
    return undefined;
  }
}
