import type { StoredEntry } from '../../protocol/call-feed.ts';
import type { Journal } from '../storage/journal.port.ts';

/** Rows in one step. To mask them and to write them as JSON takes less than 1 ms, in which no audio passes. */
const ROWS_AT_ONCE = 100;

/**
 * A call's rows beyond one as the text of a JSON list, as they are when the first of them are read: a live call that
 * goes on meanwhile makes it no longer. It is read page by page, and audio passes between two of them.
 *
 * @param shownOf - what is shown of a row.
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the journal cannot be read.
 */
export async function logText(
  journal: Pick<Journal, 'query'>,
  { callSid, after }: { readonly callSid: string; readonly after: number },
  shownOf: (row: StoredEntry) => unknown,
): Promise<string> {
  const pages: string[] = [];
  let seq = after;
  let last = Number.MAX_SAFE_INTEGER;
  while (seq < last) {
    const [page] = await journal.query('rowsAfter', { after: [{ callSid, seq }], limit: ROWS_AT_ONCE });
    // None, although there should be: the call was erased meanwhile.
    if (page === undefined || page.rows.length === 0) break;
    last = Math.min(last, seq + page.behind);
    const shown = page.rows.filter((row) => row.seq <= last).map(shownOf);
    pages.push(JSON.stringify(shown).slice(1, -1));
    seq = page.lastSeq;
  }
  return `[${pages.join(',')}]`;
}
