/**
 * The only way in which the engine writes a file of its own, and the way in
 * which it opens one: its user alone can read it, whatever the umask, and a
 * link in its place is followed neither to read nor to write.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError } from './errors.ts';

export const OWNER_ONLY = 0o600;
export const OWNER_ONLY_FOLDER = 0o700;
type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

/** What others than the owner may do. */
const OTHERS = 0o077;
/** Of a folder: only its owner may take a file away. */
const STICKY = 0o1000;

/** Makes a folder, and those above it that are missing. One that is there stays as it is. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, OWNER_ONLY_FOLDER);
    await chmod(folder, OWNER_ONLY_FOLDER); // A umask can take the owner's own rights away.
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolder(dirname(folder));
      await makeFolder(folder);
      return;
    }
    if (codeOf(thrown) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw thrown;
  }
}

/** The same for a folder that nobody but the engine uses: one that is there is closed to others. */
export async function makeOwnFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  await narrow(folder);
}

/**
 * Takes the rights of others off a folder that the engine made, and off the
 * files in it: an older engine, or a copy, may have left them wide. Links are
 * left alone, and nothing happens where there is no such folder.
 */
export async function narrowFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return;
  await narrow(folder);
  for (const name of names) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) await narrow(join(folder, name));
  }
}

/** Takes the rights of others off. Where the owner is somebody else, or the disk knows no rights, it stays as it is. */
export async function narrow(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) await chmod(path, mode & 0o7777 & ~OTHERS).catch(() => undefined);
}

/** Whether others than the owner may do anything with it. Windows has other rights, which no mode tells. */
export async function isWide(path: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(path)).mode & OTHERS) !== 0;
}

/** Whether everybody may put files there, as in the folder for temporary ones. */
export const isForAll = async (folder: string): Promise<boolean> =>
  ((await stat(folder)).mode & STICKY) !== 0;

/**
 * Writes a file whole or not at all: a crash at any point leaves the old one or
 * the new one. Several may write the same file at once; one of them stands.
 *
 * @throws {EngineError} `REQUEST_INVALID` when a link, or something else that is no file, has the name. What the file
 *   system throws otherwise.
 */
export async function writeWhole(path: string, content: FileContent): Promise<void> {
  await refuseOther(path);
  await withDraft(path, content, (draft) => rename(draft, path));
}

/** The same, but an existing file stays: a later writer changes nothing. */
export async function writeOnce(path: string, content: FileContent): Promise<void> {
  await withDraft(path, content, (draft) =>
    link(draft, path).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }),
  );
}

/**
 * Copies a file, whole or not at all. What has the name already stays.
 *
 * @returns false when there is nothing to be copied.
 */
export async function copyOnce(from: string, to: string): Promise<boolean> {
  const source = await openToRead(from);
  if (source === undefined) return false;
  try {
    await writeOnce(to, source.createReadStream({ autoClose: false }));
    return true;
  } finally {
    await source.close();
  }
}

async function withDraft(
  path: string,
  content: FileContent,
  put: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.draft`);
  try {
    const file = await createFile(draft);
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await put(draft);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** A name in a folder is durable only when the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Fills a new folder, and gives it its name when it is full: a crash leaves a draft beside the name, and nothing under it.
 *
 * @throws {EngineError} `REQUEST_INVALID` when something has the name.
 */
export async function makeWholeFolder(path: string, fill: (draft: string) => Promise<void>): Promise<void> {
  await refuseTaken(path);
  await makeFolder(dirname(path));
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.draft`);
  try {
    await makeFolder(draft);
    await fill(draft);
    await refuseTaken(path);
    await rename(draft, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await syncFolder(dirname(path));
}

async function refuseTaken(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined)
    throw new EngineError('REQUEST_INVALID', `${path} already exists; choose another name`);
}

/** A new file, to be written piece by piece. An error of the file system when anything has the name. */
export async function createFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, OWNER_ONLY);
  await file.chmod(OWNER_ONLY); // A umask can take the owner's own rights away.
  return file;
}

/** A file that is there, or else a new one, to be read and written. @throws ELOOP for a link. */
export const openOrCreate = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, OWNER_ONLY);

/** A file, to be read. Undefined when there is none. @throws ELOOP for a link. */
export async function openToRead(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** All of a file. Undefined when there is none. @throws ELOOP for a link. */
export async function readWhole(path: string): Promise<Buffer | undefined> {
  const file = await openToRead(path);
  try {
    return await file?.readFile();
  } finally {
    await file?.close();
  }
}

/**
 * All of a file in a folder that others fill, too. A link in it is followed as far as it stays in the folder: so do
 * orchestrators mount files.
 * @throws {EngineError} `REQUEST_INVALID` when it leads out. What the file system throws otherwise.
 */
export async function readWithin(folder: string, name: string): Promise<Buffer> {
  const [place, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
  if (!path.startsWith(join(place, '/')))
    throw new EngineError('REQUEST_INVALID', `${name} is a link to outside the folder`);
  const content = await readWhole(path);
  if (content === undefined) throw new EngineError('REQUEST_INVALID', `${name} was deleted`);
  return content;
}

async function refuseOther(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  const what = found.isSymbolicLink() ? 'a link' : 'not a file';
  throw new EngineError('REQUEST_INVALID', `${basename(path)} is ${what}; only files are written`);
}

const codeOf = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code;
