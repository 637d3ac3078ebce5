import type { Database } from 'better-sqlite3';
import type { RefusalCause } from '../../../protocol/refusal-causes.ts';
import type { AdmissionTerms, AdmissionTransactions, PlacingTerms } from '../admission.port.ts';
import { openBlockedNumbers } from './blocked-numbers.ts';
import { openHourlyAdmissions } from './hourly-admissions.ts';
import { openLiveCallers } from './live-callers.ts';
import type { Transactions } from '../journal.port.ts';
import { refusalOfCall, refusalOfPlacing } from '../rules/refusals.ts';
import { openRefusedCalls } from './refused-calls.ts';
import { openSpending } from './spending.ts';
import type { InThread } from './in-thread.ts';

/**
 * Whether a call is taken, decided and counted in one transaction: two that
 * come at once cannot both take the last place. Each is called inside an open
 * database transaction.
 */
export function admissionTransactions(
  db: Database,
  { acceptCall, requestCall }: InThread<Pick<Transactions, 'acceptCall' | 'requestCall'>>,
): InThread<AdmissionTransactions> {
  const spending = openSpending(db);
  const blocked = openBlockedNumbers(db);
  const isKnownCall = db
    .prepare<[string], number>('SELECT 1 FROM calls WHERE call_sid = ? AND record IS NOT NULL')
    .pluck();
  const isKnownKey = db.prepare<[string], number>('SELECT 1 FROM outbox WHERE key = ?').pluck();
  const admissions = openHourlyAdmissions(db);
  const live = openLiveCallers(db);

  const counted = ({ phone, day, ceilings }: AdmissionTerms | PlacingTerms) => ({
    isBlocked: phone !== null && blocked.has(phone),
    sums: spending.of(day),
    ceilings,
  });

  const refusalOf = (terms: AdmissionTerms, callSid: string): RefusalCause | undefined => {
    const { caller, at } = terms;
    const { phone = null, atOnce: ceiling } = caller ?? {};
    const isCounted = phone !== null && ceiling !== undefined;
    return refusalOfCall(counted(terms), {
      atOnce: { count: isCounted ? live.countOf(phone, callSid) : 0, ceiling },
      inHour: { count: caller === undefined ? 0 : admissions.countOf(phone, at), ceiling: caller?.perHour },
    });
  };

  return {
    admitCall({ terms, ...call }) {
      if (terms !== undefined && isKnownCall.get(call.callSid) === undefined) {
        admissions.sweep(terms.at);
        const refused = refusalOf(terms, call.callSid);
        if (refused !== undefined) return { refused };
      }
      const accepted = acceptCall(call);
      if (terms === undefined || accepted?.isNew !== true) return accepted;
      spending.add(terms.day, { calls: 1 });
      if (terms.caller !== undefined) admissions.add(terms.caller.phone, terms.at);
      return accepted;
    },

    admitPlacing({ terms, ...request }) {
      if (isKnownKey.get(request.key) === undefined) {
        const { day, placedPerDay } = terms;
        const placed = { count: spending.placedOn(day), ceiling: placedPerDay };
        const refused = refusalOfPlacing(counted(terms), placed);
        if (refused !== undefined) return { refused };
        spending.add(day, { calls: 1, placed: 1 });
      }
      return { id: requestCall(request).errand.id };
    },

    addSpending({ day, ...more }) {
      spending.add(day, more);
      return spending.of(day);
    },

    ...openRefusedCalls(db),
    blockNumber: ({ phone, at }) => blocked.add(phone, at),
    unblockNumber: ({ phone }) => blocked.remove(phone),
  };
}
