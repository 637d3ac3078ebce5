import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import { narrow, readWhole, writeOnce } from '../../private-files.ts';

/**
 * `stream-key` is that of stream tokens where there is no auth token to derive it from; `audit-key` is what the
 * audit trail digests numbers with.
 */
export type KeyName = 'stream-key' | 'audit-key';

const KEY_BYTES = 32;

/**
 * A secret of the engine's own, by its name: kept in the data folder, so that
 * every process of it has the same as every other, the ones before it included.
 * Of two that begin together, both take the key of the first.
 *
 * @param folder - which is there.
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the file is there and is no key, or cannot be written.
 */
export async function keptKeyIn(folder: string, name: KeyName): Promise<Buffer> {
  const path = join(folder, name);
  try {
    let key = await read(path);
    if (key !== undefined) return key;
    await writeOnce(path, randomBytes(KEY_BYTES));
    key = await read(path);
    if (key !== undefined) return key;
    throw new EngineError('STORAGE_UNAVAILABLE', `${path} was deleted meanwhile`);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('STORAGE_UNAVAILABLE', `${path} cannot be read or written`, { cause });
  }
}

async function read(path: string): Promise<Buffer | undefined> {
  const key = await readWhole(path);
  if (key === undefined) return undefined;
  if (key.length === KEY_BYTES) {
    await narrow(path);
    return key;
  }
  throw new EngineError('STORAGE_UNAVAILABLE', `${path} is not a valid key; delete it to get a new one`);
}
