import { EngineError } from '../../../errors.ts';

/**
 * What SQLite says when the file, not the statement, is at fault: nothing of
 * the transaction is stored, and the same transaction can succeed later.
 *
 * Source: sqlite.org/rescode.html. Extended codes begin with their primary code.
 */
const TROUBLES = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_CANTOPEN',
  'SQLITE_PROTOCOL',
  'SQLITE_NOMEM',
  'SQLITE_PERM',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
];

/** The name of the trouble, such as `SQLITE_FULL`; undefined when what was thrown is not one. */
export function diskTroubleOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  const { code } = thrown;
  return TROUBLES.some((trouble) => code === trouble || code.startsWith(`${trouble}_`)) ? code : undefined;
}

/** The error that a refused write or read answers with. It names the file and SQLite's word, never a row. */
export const diskTroubleError = (trouble: string, file: string, cause?: unknown) =>
  new EngineError('STORAGE_UNAVAILABLE', `${trouble} at ${file}`, { cause });
