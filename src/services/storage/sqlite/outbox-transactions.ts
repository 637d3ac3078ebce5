import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import { outboxEntryOf } from './outbox-rows.ts';
import { outboxSettling } from './outbox-settling.ts';
import { openOutboxTable } from './outbox-table.ts';

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
  calls: Pick<Transactions, 'acceptCall' | 'endCall'>,
  newId: () => string = randomUUID,
): Pick<Transactions, OutboxTransaction> {
  const outbox = openOutboxTable(db);

  return {
    requestCall({ key, callSid = null, at, ...request }) {
      const known = outbox.byKey(key);
      if (known !== undefined) return { entry: outboxEntryOf(known), isNew: false };
      const id = newId();
      outbox.put({ id, key, kind: 'call', callSid, request, at });
      return { entry: outbox.entryOf(id), isNew: true };
    },

    claimOutbox({ id, at, until }) {
      const known = outbox.byId(id);
      if (known === undefined || known.state === 'done' || known.due > at) return undefined;
      const { state } = known;
      const task = state === 'waiting' ? 'send' : 'find';
      // Its owner has died with the request perhaps on the wire.
      const next = state === 'sending' ? 'lost' : state;
      outbox.claim({ id, until, state: task === 'send' ? 'sending' : next, sends: task === 'send' ? 1 : 0 });
      return { entry: outbox.entryOf(id), task };
    },

    returnOutbox({ id, claim: owner, to, due, hasLooked }) {
      const entry = outbox.entryOf(id);
      if (entry.state === 'done' || entry.claim !== owner) return false;
      outbox.putBack({ id, to, due, looks: hasLooked ? 1 : 0 });
      return true;
    },

    ...outboxSettling(db, log, outbox, calls),
  };
}
