import { fileURLToPath } from 'node:url';
import { EngineError } from './errors.ts';

/** What SQLite calls a database that lives in memory and dies with its connection. */
export const IN_MEMORY = ':memory:';

/**
 * Reads `DATABASE_URL`: the file that holds the journal, relative to the working directory or absolute.
 *
 * The value itself is in no message: a URL of another kind of database can hold a password.
 *
 * @throws {EngineError} `CONFIG_INVALID` when it is not a `file:` URL; `postgres:` is refused by its name.
 */
export function databaseFileOf(url: string): string {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') {
    throw invalid('postgres:// is not supported yet; use file:data/calls.sqlite');
  }
  if (scheme !== 'file') {
    throw invalid('must be a file: URL, for example file:data/calls.sqlite');
  }
  const path = url.slice('file:'.length);
  if (path === IN_MEMORY) return IN_MEMORY;
  if (/[?#\0]/.test(path)) throw invalid('takes a path only, without ?, # or a null character');
  if (path === '' || path.endsWith('/'))
    throw invalid('must name a file, for example file:data/calls.sqlite');
  if (!path.startsWith('//')) return path;
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw invalid('must have an absolute local path after file://', cause);
  }
}

const invalid = (problem: string, cause?: unknown) =>
  new EngineError('CONFIG_INVALID', `DATABASE_URL ${problem}`, cause === undefined ? {} : { cause });
