import type { Database } from 'better-sqlite3';
import type { RefusalCause } from '../../../protocol/refusal-causes.ts';
import type { AdmissionTerms, AdmissionTransactions, PlacingTerms } from '../admission.port.ts';
import { openBlockedNumbers } from './blocked-numbers.ts';
import { openHourlyAdmissions } from './hourly-admissions.ts';
import type { Transactions } from '../journal.port.ts';
import { openRefusedCalls } from './refused-calls.ts';
import { openSpending } from './spending.ts';

/**
 * Whether a call is taken, decided and counted in one transaction: two that
 * come at once cannot both take the last place. Each is called inside an open
 * database transaction.
 */
export function admissionTransactions(
  db: Database,
  { acceptCall, requestCall }: Pick<Transactions, 'acceptCall' | 'requestCall'>,
): AdmissionTransactions {
  const spending = openSpending(db);
  const blocked = openBlockedNumbers(db);
  const isKnownCall = db
    .prepare<[string], number>('SELECT 1 FROM calls WHERE call_sid = ? AND record IS NOT NULL')
    .pluck();
  const isKnownKey = db.prepare<[string], number>('SELECT 1 FROM outbox WHERE key = ?').pluck();
  const admissions = openHourlyAdmissions(db);

  const refusalOfAny = ({
    phone,
    day,
    ceilings,
  }: AdmissionTerms | PlacingTerms): RefusalCause | undefined => {
    if (phone !== null && blocked.has(phone)) return 'blocked';
    const sums = spending.of(day);
    const isUsedUp = (sum: keyof typeof ceilings) => {
      const ceiling = ceilings[sum];
      return ceiling !== null && sums[sum] >= ceiling;
    };
    if (isUsedUp('calls')) return 'day_calls';
    if (isUsedUp('modelMs')) return 'day_minutes';
    if (isUsedUp('costMicros')) return 'day_cost';
    return undefined;
  };

  const refusalOf = (terms: AdmissionTerms): RefusalCause | undefined => {
    const { caller, at } = terms;
    const refused = refusalOfAny(terms);
    if (refused !== undefined || caller === undefined) return refused;
    const calls = admissions.countOf(caller.phone, at);
    return calls >= caller.perHour ? 'caller_per_hour' : undefined;
  };

  return {
    admitCall({ terms, ...call }) {
      if (terms !== undefined && isKnownCall.get(call.callSid) === undefined) {
        admissions.sweep(terms.at);
        const refused = refusalOf(terms);
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
        const refused = refusalOfAny(terms);
        if (refused !== undefined) return { refused };
        if (placedPerDay !== null && spending.placedOn(day) >= placedPerDay) {
          return { refused: 'placed_per_day' };
        }
        spending.add(day, { calls: 1, placed: 1 });
      }
      return { id: requestCall(request).entry.id };
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
