import type { Database } from 'better-sqlite3';
import type { RefusalCause } from '../../../protocol/refusal-causes.ts';
import type { AdmissionTerms, AdmissionTransactions, PlacingTerms } from '../admission.port.ts';
import { openBlockedNumbers } from './blocked-numbers.ts';
import type { Transactions } from '../journal.port.ts';
import { openSpending } from './spending.ts';

const HOUR_MS = 3_600_000;
/** A clock that was set back between two processes frees nobody; a row from further ahead is of one that was wrong, and would count for ever. */
const AHEAD_MS = HOUR_MS;

/** Refused calls that are kept: enough to see who it is that calls, however many they are. */
const KEPT_REFUSALS = 500;
const KEPT_REFUSALS_MS = 30 * 86_400_000;

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
  const countSince = db
    .prepare<[string, number], number>('SELECT count(*) FROM admissions WHERE caller = ? AND at > ?')
    .pluck();
  const insert = db.prepare<[string, number]>('INSERT INTO admissions (caller, at) VALUES (?, ?)');
  const sweep = db.prepare<[number, number]>('DELETE FROM admissions WHERE at <= ? OR at > ?');
  const insertRefusal = db.prepare<[object]>(
    `INSERT OR IGNORE INTO refused_calls (call_sid, phone, cause, at) VALUES (@callSid, @phone, @cause, @at)`,
  );
  const sweepRefusals = db.prepare<[number, number]>(
    'DELETE FROM refused_calls WHERE n <= (SELECT max(n) FROM refused_calls) - ? OR at <= ?',
  );

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
    const calls = countSince.get(nameOf(caller.phone), at - HOUR_MS) ?? 0;
    return calls >= caller.perHour ? 'caller_per_hour' : undefined;
  };

  return {
    admitCall({ terms, ...call }) {
      if (terms !== undefined && isKnownCall.get(call.callSid) === undefined) {
        sweep.run(terms.at - HOUR_MS, terms.at + AHEAD_MS);
        const refused = refusalOf(terms);
        if (refused !== undefined) return { refused };
      }
      const accepted = acceptCall(call);
      if (terms === undefined || accepted?.isNew !== true) return accepted;
      spending.add(terms.day, { calls: 1 });
      if (terms.caller !== undefined) insert.run(nameOf(terms.caller.phone), terms.at);
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

    noteRefusal(refusal) {
      insertRefusal.run(refusal);
      sweepRefusals.run(KEPT_REFUSALS, refusal.at - KEPT_REFUSALS_MS);
    },

    blockNumber: ({ phone, at }) => blocked.add(phone, at),
    unblockNumber: ({ phone }) => blocked.remove(phone),
  };
}

/** Everybody who withholds a number goes by one name. */
const nameOf = (phone: string | null): string => phone ?? '';
