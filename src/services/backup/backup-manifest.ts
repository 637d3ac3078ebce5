import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { openToRead, readWhole, writeWhole } from '../../private-files.ts';

const NAME = 'backup.json';
/** The database's name in a backup, whatever the settings call it. */
export const DATABASE = 'calls.sqlite';

/** Whatever a list says, nothing is written anywhere else than the engine writes itself. */
const PATH =
  /^(?:calls\.sqlite|(?:stream|audit)-key|(?:recordings|clips)\/\w[\w.-]*|agents\/(?:\.versions\/\w[\w-]*\/)?\w[\w.-]*\.json)$/;

const File = z.strictObject({
  path: z.string().regex(PATH),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const Manifest = z.strictObject({
  format: z.literal(1),
  /** ISO 8601 UTC: nothing that was told to the engine later is in it. */
  madeAt: z.iso.datetime(),
  /** The schema of the database, as `migrate` counts it. */
  schema: z.int().nonnegative(),
  calls: z.int().nonnegative(),
  files: z.array(File),
});

/** What a backup says of itself. */
export type BackupManifest = z.output<typeof Manifest>;

/** Whether a file of that name, within a backup, is one that a backup can hold. */
export const isBackedUp = (path: string): boolean => PATH.test(path);

/** Writes the list of what is in a folder. It is written last: a folder without it is no backup. */
export async function writeManifest(
  folder: string,
  paths: readonly string[],
  facts: Pick<BackupManifest, 'madeAt' | 'schema' | 'calls'>,
): Promise<BackupManifest> {
  const files: BackupManifest['files'] = [];
  for (const path of paths) files.push({ path, ...(await digestOf(join(folder, path))) });
  const manifest: BackupManifest = { format: 1, ...facts, files };
  await writeWhole(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * Reads the list of a backup, and every file that it names.
 *
 * @throws {EngineError} `BACKUP_UNUSABLE`, naming the file that is missing or is not what was written.
 */
export async function checkedManifest(folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  for (const { path, bytes, sha256 } of manifest.files) {
    const found = await digestOf(join(folder, path)).catch(() => undefined);
    if (found === undefined) throw unusable(`${join(folder, path)} is missing or cannot be read`);
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw unusable(`${join(folder, path)} does not match its checksum`);
  }
  if (!manifest.files.some(({ path }) => path === DATABASE)) throw unusable(`${folder} has no database`);
  return manifest;
}

async function readManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, NAME);
  const written = await readWhole(path).catch(() => undefined);
  if (written === undefined) throw unusable(`${folder} is not a backup: it has no ${NAME}`);
  try {
    return Manifest.parse(JSON.parse(written.toString('utf8')));
  } catch (cause) {
    throw unusable(`${path} is damaged`, cause);
  }
}

async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  if (!(await lstat(path)).isFile()) throw unusable(`${path} is not a file`);
  const file = await openToRead(path);
  if (file === undefined) throw unusable(`${path} is missing`);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const part of file.createReadStream({ autoClose: false })) {
      hash.update(part as Buffer);
      bytes += (part as Buffer).length;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

export const unusable = (detail: string, cause?: unknown) =>
  new EngineError('BACKUP_UNUSABLE', detail, { cause });
