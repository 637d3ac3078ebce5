import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { EndReason } from '../../../machines/call/call.events.ts';
import type { CallLog } from './call-log.ts';
import type { OutboxEntry, Transactions } from '../journal.port.ts';
import { isNewerStatus } from '../folds/message-status.ts';
import { openOutboxSlot, outboxEntryOf, type OutboxRow } from './outbox-rows.ts';

type OutboxTransaction = 'requestCall' | 'claimOutbox' | 'returnOutbox' | 'settleOutbox';

/**
 * The transactions of what is on its way to the carrier. Each is called inside
 * an open database transaction.
 *
 * A request leaves only while its entry is `sending`, and an entry is taken up
 * for sending only when it is `waiting`: so whoever dies in between leaves an
 * entry that is looked for and not sent again.
 */
export function outboxTransactions(
  db: Database,
  log: CallLog,
  { acceptCall, endCall }: Pick<Transactions, 'acceptCall' | 'endCall'>,
  newId: () => string = randomUUID,
): Pick<Transactions, OutboxTransaction> {
  const put = openOutboxSlot(db);
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
  const isTaken = db
    .prepare<[{ id: string; providerSid: string }], number>(
      `SELECT 1 FROM messages WHERE provider_sid = @providerSid AND id <> @id
       UNION ALL SELECT 1 FROM outbox WHERE provider_sid = @providerSid AND id <> @id LIMIT 1`,
    )
    .pluck();
  const updateMessage = db.prepare<[object]>(
    `UPDATE messages SET status = @status, provider_sid = coalesce(@providerSid, provider_sid) WHERE id = @id`,
  );
  const statusOfMessage = db.prepare<[string], string>('SELECT status FROM messages WHERE id = ?').pluck();

  const entryOf = (id: string): OutboxEntry => {
    const row = byId.get(id);
    if (row === undefined) throw new EngineError('REQUEST_INVALID', 'the outbox has no such entry');
    return outboxEntryOf(row);
  };

  return {
    requestCall({ key, callSid = null, at, ...request }) {
      const known = byKey.get(key);
      if (known !== undefined) return { entry: outboxEntryOf(known), isNew: false };
      const id = newId();
      put({ id, key, kind: 'call', callSid, request, at });
      return { entry: entryOf(id), isNew: true };
    },

    claimOutbox({ id, at, until }) {
      const known = byId.get(id);
      if (known === undefined || known.state === 'done' || known.due > at) return undefined;
      const { state } = known;
      const task = state === 'waiting' ? 'send' : 'find';
      // Its owner has died with the request perhaps on the wire.
      const next = state === 'sending' ? 'lost' : state;
      claim.run({ id, until, state: task === 'send' ? 'sending' : next, sends: task === 'send' ? 1 : 0 });
      return { entry: entryOf(id), task };
    },

    returnOutbox({ id, claim: owner, to, due, hasLooked }) {
      const entry = entryOf(id);
      if (entry.state === 'done' || entry.claim !== owner) return false;
      putBack.run({ id, to, due, looks: hasLooked ? 1 : 0 });
      return true;
    },

    settleOutbox({ id, at, ...told }) {
      const entry = entryOf(id);
      const found = told.candidates?.find(
        ({ providerSid }) => isTaken.get({ id, providerSid }) === undefined,
      );
      const status = found?.status ?? told.status;
      if (status === undefined) return entry;
      const providerSid = found?.providerSid ?? null;
      // What was given up as unknown may still be proved; everything else ends once.
      const isProof = providerSid !== null && entry.providerSid === null && entry.status === 'unknown';
      if (entry.state === 'done' && !isProof) return entry;
      end.run({ id, status, providerSid, reason: told.reason ?? null });
      settleStored(entry, status, providerSid, at);
      if (providerSid !== null) settlePlaced(entry, found?.over, providerSid, at);
      return entryOf(id);
    },
  };

  /** A call that the carrier has is on record in the same commit, whoever waits for the answer. */
  function settlePlaced(
    { kind, request }: OutboxEntry,
    over: EndReason | undefined,
    callSid: string,
    at: number,
  ) {
    const { from, to, agentId } = request;
    if (kind !== 'call' || from === undefined || to === undefined || agentId === undefined) return;
    const accepted = acceptCall({ callSid, agentId, direction: 'outbound', from, to, at });
    // One that was known before has a chart, which is told by itself.
    if (accepted?.isNew === true && over !== undefined) endCall({ callSid, reason: over, at });
  }

  function settleStored(
    { id, kind, callSid }: OutboxEntry,
    status: string,
    providerSid: string | null,
    at: number,
  ) {
    if (kind !== 'text') return;
    const known = statusOfMessage.get(id) ?? 'pending';
    const isNews = isNewerStatus(known, status);
    updateMessage.run({ id, providerSid, status: isNews ? status : known });
    if (isNews && callSid !== null) {
      log.note(callSid, { at, event: 'message.settled', body: { messageId: id, status } });
    }
  }
}
