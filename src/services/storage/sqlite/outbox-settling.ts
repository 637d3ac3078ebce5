import type { Database } from 'better-sqlite3';
import type { EndReason } from '../../../machines/call/call.events.ts';
import type { CallLog } from './call-log.ts';
import type { Errand, Transactions } from '../journal.port.ts';
import { isNewerStatus } from '../folds/message-status.ts';
import { endOf } from '../rules/errand-steps.ts';
import type { OutboxTable } from './outbox-table.ts';
import type { InThread } from './in-thread.ts';

/** What became of an errand of the outbox, and of the text or the call that it stood for, in one commit. */
export function outboxSettling(
  db: Database,
  log: CallLog,
  outbox: OutboxTable,
  calls: InThread<Pick<Transactions, 'acceptCall' | 'endCall'>>,
): InThread<Pick<Transactions, 'settleOutbox'>> {
  const settleText = openTextSettling(db, log);
  const isTaken = db
    .prepare<[{ id: string; providerSid: string }], number>(
      `SELECT 1 FROM messages WHERE provider_sid = @providerSid AND id <> @id
       UNION ALL SELECT 1 FROM outbox WHERE provider_sid = @providerSid AND id <> @id LIMIT 1`,
    )
    .pluck();

  return {
    settleOutbox({ id, at, ...told }) {
      const errand = outbox.errandOf(id);
      const found = told.candidates?.find(
        ({ providerSid }) => isTaken.get({ id, providerSid }) === undefined,
      );
      const end = endOf(errand, { found, status: told.status });
      if (end === undefined) return errand;
      const { status, providerSid } = end;
      outbox.end({ id, status, providerSid, reason: told.reason ?? null });
      settleText(errand, status, providerSid, at);
      if (providerSid !== null) settlePlaced(calls, errand, found?.over, providerSid, at);
      return outbox.errandOf(id);
    },
  };
}

/** A text's row has the newest status that is known of it; its call hears when that is news. */
function openTextSettling(db: Database, log: CallLog) {
  const update = db.prepare<[object]>(
    `UPDATE messages SET status = @status, provider_sid = coalesce(@providerSid, provider_sid) WHERE id = @id`,
  );
  const statusOf = db.prepare<[string], string>('SELECT status FROM messages WHERE id = ?').pluck();

  return ({ id, kind, callSid }: Errand, status: string, providerSid: string | null, at: number): void => {
    if (kind !== 'text') return;
    const known = statusOf.get(id) ?? 'pending';
    const isNews = isNewerStatus(known, status);
    update.run({ id, providerSid, status: isNews ? status : known });
    if (isNews && callSid !== null) {
      log.note(callSid, { at, event: 'message.settled', body: { messageId: id, status } });
    }
  };
}

/** A call that the carrier has is on record in the same commit, whoever waits for the answer. */
function settlePlaced(
  { acceptCall, endCall }: InThread<Pick<Transactions, 'acceptCall' | 'endCall'>>,
  { kind, request }: Errand,
  over: EndReason | undefined,
  callSid: string,
  at: number,
): void {
  const { from, to, agentId } = request;
  if (kind !== 'call' || from === undefined || to === undefined || agentId === undefined) return;
  const accepted = acceptCall({ callSid, agentId, direction: 'outbound', from, to, at });
  // One that was known before has a chart, which is told by itself.
  if (accepted?.isNew === true && over !== undefined) endCall({ callSid, reason: over, at });
}
