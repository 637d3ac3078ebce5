import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { Errand } from '../journal.port.ts';
import { openOutboxSlot, errandOf, type OutboxRow } from './outbox-rows.ts';

interface OutboxEnd {
  readonly id: string;
  readonly status: string;
  readonly providerSid: string | null;
  readonly reason: string | null;
}

export type OutboxTable = ReturnType<typeof openOutboxTable>;

/** What is on its way to the carrier, as rows. Runs inside the transaction of whoever calls it. */
export function openOutboxTable(db: Database) {
  const byId = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE id = ?');
  const byKey = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE key = ?');
  const claim = db.prepare<[object]>(
    `UPDATE outbox SET state = @state, claim = claim + 1, attempts = attempts + @sends, due = @until WHERE id = @id`,
  );
  const putBack = db.prepare<[object]>(
    `UPDATE outbox SET state = @to, due = @due, looks = looks + @looks WHERE id = @id`,
  );
  const end = db.prepare<[object]>(
    `UPDATE outbox SET state = 'done', request = '{}', status = @status, provider_sid = @providerSid,
       reason = @reason WHERE id = @id`,
  );

  return {
    put: openOutboxSlot(db),
    byId: (id: string): OutboxRow | undefined => byId.get(id),
    byKey: (key: string): OutboxRow | undefined => byKey.get(key),
    /** @throws {EngineError} `REQUEST_INVALID` when there is none by this id. */
    errandOf(id: string): Errand {
      const row = byId.get(id);
      if (row === undefined) throw new EngineError('REQUEST_INVALID', 'the outbox has no such errand');
      return errandOf(row);
    },
    /** Another owner has it, until then at the latest. `sends` is how often more it is sent. */
    claim(row: { id: string; state: Errand['state']; sends: 0 | 1; until: number }): void {
      claim.run(row);
    },
    putBack(row: { id: string; to: Errand['state']; due: number; looks: 0 | 1 }): void {
      putBack.run(row);
    },
    /** Whom it was for is forgotten with it. */
    end(row: OutboxEnd): void {
      end.run(row);
    },
  };
}
