import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError } from '../../errors.ts';

const FILE = 'stream-key';
const KEY_BYTES = 32;

/**
 * The secret of stream tokens where there is no auth token to derive it from:
 * kept beside the database, so that every process of it reads the tokens of
 * every other, the ones before it included.
 *
 * @param databaseFile - whose folder exists.
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the file is there and is no key, or cannot be written.
 */
export async function streamKeyBeside(databaseFile: string): Promise<Buffer> {
  const path = join(dirname(databaseFile), FILE);
  try {
    return (await read(path)) ?? (await create(path));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('STORAGE_UNAVAILABLE', `${path} cannot be read or written`, { cause });
  }
}

async function read(path: string): Promise<Buffer | undefined> {
  let key: Buffer;
  try {
    key = await readFile(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  if (key.length === KEY_BYTES) return key;
  throw new EngineError(
    'STORAGE_UNAVAILABLE',
    `${path} is not a key of the engine's; delete it to get a new one`,
  );
}

/** Whole or not at all, and one for all: of two processes that begin together, both take the key of the first. */
async function create(path: string): Promise<Buffer> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(KEY_BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path).catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path);
}
