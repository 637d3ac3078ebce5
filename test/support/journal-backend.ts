import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/clock.ts';
import type { JournalLog } from '../../src/services/storage/client/row-gatherer.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { temporaryFolder, testJournal } from './journal.ts';

/** One engine's place for a journal: empty at first, and of one test alone. */
export interface JournalBackend {
  /** Opens the journal there, closed after the test. Opened again, it has what was stored before. */
  open(options?: { readonly clock?: Clock; readonly log?: JournalLog }): Promise<Journal>;
  /** Whether a text stands anywhere in what the engine keeps, in bytes that nobody uses any more as well. */
  holds(text: string): Promise<boolean>;
}

export type MakeBackend = () => Promise<JournalBackend>;

export const sqliteBackend: MakeBackend = () => {
  const file = join(temporaryFolder(), 'new', 'folder', 'calls.sqlite');
  return Promise.resolve({
    open: (options) => testJournal({ file, ...options }),
    holds: holdsIn(file),
  });
};

/** Looks for a text in a database's file and in the log beside it. */
export const holdsIn = (file: string) => (text: string) =>
  Promise.resolve(
    [file, `${file}-wal`].some((each) => existsSync(each) && readFileSync(each).includes(text)),
  );
