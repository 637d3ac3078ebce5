import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import { claimOf, isOwnedBy } from '../rules/errand-steps.ts';
import { errandOf } from './outbox-rows.ts';
import { outboxSettling } from './outbox-settling.ts';
import { openOutboxTable } from './outbox-table.ts';
import type { InThread } from './in-thread.ts';

type OutboxTransaction = 'requestCall' | 'claimOutbox' | 'returnOutbox' | 'settleOutbox';

/**
 * The transactions of what is on its way to the carrier. Each is called inside
 * an open database transaction.
 *
 * A request leaves only while its errand is `sending`, and an errand is taken up
 * for sending only when it is `waiting`: so whoever dies in between leaves an
 * errand that is looked for and not sent again.
 */
export function outboxTransactions(
  db: Database,
  log: CallLog,
  calls: InThread<Pick<Transactions, 'acceptCall' | 'endCall'>>,
  newId: () => string = randomUUID,
): InThread<Pick<Transactions, OutboxTransaction>> {
  const outbox = openOutboxTable(db);

  return {
    requestCall({ key, callSid = null, at, ...request }) {
      const known = outbox.byKey(key);
      if (known !== undefined) return { errand: errandOf(known), isNew: false };
      const id = newId();
      outbox.put({ id, key, kind: 'call', callSid, request, at });
      return { errand: outbox.errandOf(id), isNew: true };
    },

    claimOutbox({ id, at, until }) {
      const known = outbox.byId(id);
      const claim = known && claimOf(known, at);
      if (claim === undefined) return undefined;
      const { task, state, sends } = claim;
      outbox.claim({ id, until, state, sends });
      return { errand: outbox.errandOf(id), task };
    },

    returnOutbox({ id, claim: owner, to, due, hasLooked }) {
      if (!isOwnedBy(outbox.errandOf(id), owner)) return false;
      outbox.putBack({ id, to, due, looks: hasLooked ? 1 : 0 });
      return true;
    },

    ...outboxSettling(db, log, outbox, calls),
  };
}
