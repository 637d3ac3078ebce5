import { EngineError } from '../../../errors.ts';
import type { JournalTrouble } from '../../../protocol/journal-troubles.ts';

/**
 * What SQLite says when the file, not the statement, is at fault: nothing of
 * the transaction is stored, and the same transaction can succeed later.
 *
 * Source: sqlite.org/rescode.html. Extended codes begin with their primary code.
 */
const TROUBLES: Readonly<Record<string, JournalTrouble>> = {
  SQLITE_FULL: 'full',
  SQLITE_IOERR: 'failing',
  SQLITE_READONLY: 'read_only',
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_CANTOPEN: 'failing',
  SQLITE_PROTOCOL: 'locked',
  SQLITE_NOMEM: 'failing',
  SQLITE_PERM: 'read_only',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_NOTADB: 'damaged',
};

/** The file is at fault, and in which way. */
export class DiskTrouble extends EngineError {
  readonly trouble: JournalTrouble;

  constructor(trouble: JournalTrouble, detail: string, options?: ErrorOptions) {
    super('STORAGE_UNAVAILABLE', detail, options);
    this.trouble = trouble;
  }
}

/** SQLite's word for the trouble, such as `SQLITE_FULL`; undefined when what was thrown is not one. */
export function diskTroubleOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return primaryOf(thrown.code) && thrown.code;
}

/** The error that a refused write or read answers with. It names the file and SQLite's word, never a row. */
export const diskTroubleError = (word: string, file: string, cause?: unknown) =>
  new DiskTrouble(TROUBLES[primaryOf(word) ?? ''] ?? 'failing', `${word} at ${file}`, { cause });

const primaryOf = (word: string) =>
  Object.keys(TROUBLES).find((primary) => word === primary || word.startsWith(`${primary}_`));
