import { randomUUID } from 'node:crypto';
import type { JournalThreadData } from '../sqlite/journal-messages.ts';

/** What was applied of a client that has gone is of no use after this, in ms: nobody sends it again. */
const FORGET_CLIENTS_AFTER_MS = 86_400_000;

/**
 * What each thread of one client is started with.
 * @param now - ms since the Unix epoch.
 */
export function threadDataOf(
  { file, maxFileBytes }: { readonly file: string; readonly maxFileBytes?: number },
  now: number,
): Omit<JournalThreadData, 'isAgain'> {
  return {
    file,
    limits: maxFileBytes === undefined ? {} : { maxBytes: maxFileBytes },
    client: clientName(now, randomUUID()),
    forgetClientsBefore: clientName(now - FORGET_CLIENTS_AFTER_MS),
  };
}

/** Sorts by the time of opening, so that old clients can be told from new ones. */
const clientName = (openedAt: number, suffix = '') => `${new Date(openedAt).toISOString()} ${suffix}`;
