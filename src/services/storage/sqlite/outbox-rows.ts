import type { Database } from 'better-sqlite3';
import type { Errand } from '../journal.port.ts';

/** What is on its way to the carrier, as it lies on disk. Times are milliseconds since the Unix epoch. */
export interface OutboxRow extends Omit<Errand, 'callSid' | 'providerSid' | 'request'> {
  readonly call_sid: string | null;
  readonly provider_sid: string | null;
  /** JSON. Empty once the errand is done: whom it was for is kept by what it became. */
  readonly request: string;
}

export const errandOf = (row: OutboxRow): Errand => ({
  id: row.id,
  kind: row.kind,
  callSid: row.call_sid,
  // Written by `putInOutbox`, and by nothing else.
  request: JSON.parse(row.request) as Errand['request'],
  state: row.state,
  attempts: row.attempts,
  looks: row.looks,
  claim: row.claim,
  due: row.due,
  status: row.status,
  providerSid: row.provider_sid,
  reason: row.reason,
  at: row.at,
});

/** Puts something into the outbox, in the commit of the row that it stands for. Due at once. */
export function openOutboxSlot(db: Database) {
  const insert = db.prepare<[object]>(
    `INSERT INTO outbox (id, key, kind, call_sid, request, state, attempts, looks, claim, due, status, at)
     VALUES (@id, @key, @kind, @callSid, @request, 'waiting', 0, 0, 0, 0, 'pending', @at)`,
  );
  return (errand: Pick<Errand, 'id' | 'kind' | 'callSid' | 'request' | 'at'> & { key: string }): void => {
    insert.run({ ...errand, request: JSON.stringify(errand.request) });
  };
}
