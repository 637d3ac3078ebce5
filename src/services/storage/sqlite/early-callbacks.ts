import type { Database } from 'better-sqlite3';
import type { BodyOf } from '../../../protocol/call-feed.ts';
import { bodyOf } from '../folds/event-row.ts';

/** A fact of a call that nobody has accepted yet, as it will stand in its log. */
type EarlyFact = { readonly at: number } & (
  | { readonly event: 'call.ended'; readonly body: BodyOf<'call.ended'> }
  | { readonly event: 'recording.reported'; readonly body: BodyOf<'recording.reported'> }
);

/** A call that nobody accepted in a day never comes: it was refused, or is another engine's. */
const KEPT_MS = 86_400_000;
/** As many as a busy engine may refuse in a minute, many times over. */
const KEPT = 5000;

/**
 * What the carrier tells of a call before the call itself: kept by call SID until
 * it is accepted, bounded in number and time. Everything runs inside the
 * transaction of whoever calls it.
 */
export function openEarlyCallbacks(db: Database) {
  const insert = db.prepare<[object]>(
    `INSERT OR IGNORE INTO early_callbacks (call_sid, event, body, at) VALUES (@callSid, @event, @body, @at)`,
  );
  const sweep = db.prepare<[number, number]>(
    'DELETE FROM early_callbacks WHERE n <= (SELECT max(n) FROM early_callbacks) - ? OR at <= ?',
  );
  const select = db.prepare<[string], { event: string; body: string; at: number }>(
    'SELECT event, body, at FROM early_callbacks WHERE call_sid = ? ORDER BY n',
  );
  const remove = db.prepare<[string]>('DELETE FROM early_callbacks WHERE call_sid = ?');

  return {
    /** False when the same was told before. */
    keep(callSid: string, { at, event, body }: EarlyFact): boolean {
      const isNew = insert.run({ callSid, event, body: JSON.stringify(body), at }).changes > 0;
      sweep.run(KEPT, at - KEPT_MS);
      return isNew;
    },
    /** What was told of a call, in order; it is told once. */
    take(callSid: string): EarlyFact[] {
      // Written by `keep`, and by nothing else.
      const rows = select.all(callSid);
      if (rows.length > 0) remove.run(callSid);
      return rows.map(({ at, event, body }) => ({ at, event, body: bodyOf(body) }) as unknown as EarlyFact);
    },
  };
}
