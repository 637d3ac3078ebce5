import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import { isNewerStatus } from '../folds/message-status.ts';
import { openOutboxSlot } from './outbox-rows.ts';
import { textCounts } from './text-counts.ts';
import { leadOf, type LeadRow, messageOf, type MessageRow } from './tool-rows.ts';
import type { InThread } from './in-thread.ts';

type ToolTransaction = 'createLead' | 'createMessage' | 'settleMessage';

/**
 * The transactions behind leads and texts. Each is called inside an open
 * database transaction, and tells the call's log in the same one.
 *
 * @param newId - makes the id of a stored thing; a test passes a predictable one.
 */
export function toolTransactions(
  db: Database,
  log: CallLog,
  newId: () => string = randomUUID,
): InThread<Pick<Transactions, ToolTransaction>> {
  const leadByKey = db.prepare<[string], LeadRow>('SELECT * FROM leads WHERE key = ?');
  const insertLead = db.prepare<[object], LeadRow>(
    `INSERT INTO leads (id, key, call_sid, name, phone, email, interest, notes, at)
     VALUES (@id, @key, @callSid, @name, @phone, @email, @interest, @notes, @at) RETURNING *`,
  );
  const messageByKey = db.prepare<[string], MessageRow>('SELECT * FROM messages WHERE key = ?');
  const messageById = db.prepare<[string], MessageRow>('SELECT * FROM messages WHERE id = ?');
  const messageByProviderSid = db.prepare<[string], MessageRow>(
    'SELECT * FROM messages WHERE provider_sid = ?',
  );
  const insertMessage = db.prepare<[object], MessageRow>(
    `INSERT INTO messages (id, key, call_sid, destination, body, status, at)
     VALUES (@id, @key, @callSid, @to, @body, 'pending', @at) RETURNING *`,
  );
  const putInOutbox = openOutboxSlot(db);
  const whyTooMany = textCounts(db);
  const endOutbox = db.prepare<[string, string | null, string]>(
    `UPDATE outbox SET state = 'done', request = '{}', status = ?, provider_sid = coalesce(?, provider_sid)
     WHERE id = ? AND (state <> 'done' OR status = 'unknown')`,
  );
  const updateMessage = db.prepare<[string, string | null, string]>(
    'UPDATE messages SET status = ?, provider_sid = ? WHERE id = ?',
  );

  return {
    createLead(lead) {
      const known = leadByKey.get(lead.key);
      if (known !== undefined) return leadOf(known);
      const stored = leadOf(inserted(insertLead.get({ ...lead, id: newId() })));
      log.note(lead.callSid, { at: lead.at, event: 'lead.stored', body: { leadId: stored.id } });
      return stored;
    },

    createMessage({ limits, ...message }) {
      const { key, callSid, to, body, at } = message;
      const known = messageByKey.get(key);
      if (known !== undefined) return { message: messageOf(known), isNew: false };
      const tooMany = limits && whyTooMany(message, limits);
      if (tooMany !== undefined) return { tooMany };
      const stored = messageOf(inserted(insertMessage.get({ ...message, id: newId() })));
      putInOutbox({ id: stored.id, key, kind: 'text', callSid, request: { to, body }, at });
      log.note(message.callSid, { at: message.at, event: 'message.stored', body: { messageId: stored.id } });
      return { message: stored, isNew: true };
    },

    settleMessage({ id, providerSid, status, at }) {
      const named = id === undefined ? undefined : messageById.get(id);
      const known =
        messageByProviderSid.get(providerSid) ?? (named?.provider_sid === null ? named : undefined);
      if (known === undefined) return false;
      const isNews = isNewerStatus(known.status, status);
      updateMessage.run(isNews ? status : known.status, providerSid, known.id);
      // The provider has it: nobody needs to send it, or to look for it, any more.
      if (isNews) endOutbox.run(status, providerSid, known.id);
      if (isNews) {
        log.note(known.call_sid, { at, event: 'message.settled', body: { messageId: known.id, status } });
      }
      return true;
    },
  };
}

/** `INSERT … RETURNING` always answers its row; its type does not say so. */
function inserted<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new EngineError('INTERNAL', 'an insert answered no row');
  return row;
}
