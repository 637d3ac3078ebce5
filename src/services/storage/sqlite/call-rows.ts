import type { Database } from 'better-sqlite3';
import { type Envelope, FEED_VERSION, type StoredEntry } from '../../../protocol/call-feed.ts';
import { type EventRowOnDisk, jsonOfRegions, storedEntryOf } from '../folds/event-row.ts';

/** A row with its body as JSON text: what crosses to the journal's thread and what lies on disk. */
export interface WrittenRow extends Envelope {
  readonly event: string;
  readonly body: string;
}

/** What a page holds, in characters of bodies: whoever masks and writes it does so in one step. */
const MAX_PAGE_CHARS = 32_000;

const COLUMNS = 'version, seq, at, sender, receiver, event, state, taken, regions, body';

/** The rows of all logs, as they lie on disk. Runs inside the transaction of whoever calls it. */
export function openCallRows(db: Database) {
  const insert = db.prepare<[EventRowOnDisk & { callSid: string }]>(
    `INSERT INTO events (call_sid, seq, version, at, sender, receiver, event, state, taken, regions, body)
     VALUES (@callSid, @seq, @version, @at, @sender, @receiver, @event, @state, @taken, @regions, @body)`,
  );
  const select = db.prepare<[string], EventRowOnDisk>(
    `SELECT ${COLUMNS} FROM events WHERE call_sid = ? ORDER BY seq`,
  );
  const selectAfter = db.prepare<[string, number, number], EventRowOnDisk>(
    `SELECT ${COLUMNS} FROM events WHERE call_sid = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );

  return {
    /** Writes a row by its number and time; the row as it lies on disk. */
    add(callSid: string, row: WrittenRow, { seq, at }: { seq: number; at: number }): EventRowOnDisk {
      const { from: sender, to: receiver, event, state, body } = row;
      const taken = row.taken === null ? null : JSON.stringify(row.taken);
      const regions = jsonOfRegions(row.regions);
      const written = {
        version: FEED_VERSION,
        seq,
        at,
        sender,
        receiver,
        event,
        state,
        taken,
        regions,
        body,
      };
      insert.run({ callSid, ...written });
      return written;
    },
    of: (callSid: string): StoredEntry[] => select.all(callSid).map(storedEntryOf),
    pageAfter(callSid: string, seq: number, limit: number): StoredEntry[] {
      const page: StoredEntry[] = [];
      let chars = 0;
      for (const row of selectAfter.iterate(callSid, seq, limit)) {
        chars += row.body.length;
        if (page.length > 0 && chars > MAX_PAGE_CHARS) break;
        page.push(storedEntryOf(row));
      }
      return page;
    },
  };
}
