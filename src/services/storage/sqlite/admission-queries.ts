import type { Database } from 'better-sqlite3';
import type { RefusalCause } from '../../../protocol/refusal-causes.ts';
import type { AdmissionQueries } from '../admission.port.ts';
import { blockedNumberOf, type BlockedRow } from './blocked-numbers.ts';
import { isoOf } from '../folds/instant.ts';
import { pageOf } from './page.ts';
import { openSpending } from './spending.ts';
import type { InThread } from './in-thread.ts';

/** A row of `refused_calls`, as it lies on disk. */
interface RefusedRow {
  readonly call_sid: string;
  readonly phone: string | null;
  readonly cause: RefusalCause;
  readonly at: number;
}

/** What is known of calls that were not taken, and of what the taken ones cost. */
export function admissionQueries(db: Database): InThread<AdmissionQueries> {
  const spending = openSpending(db);
  return {
    spending: ({ day }) => spending.of(day),
    blockedNumbers: (page) =>
      pageOf(db, 'blocked_numbers', page, (row) => blockedNumberOf(row as BlockedRow)),
    refusedCalls: (page) =>
      pageOf(db, 'refused_calls', page, (row) => {
        const { call_sid: callSid, phone, cause, at } = row as RefusedRow;
        return { callSid, phone, cause, refusedAt: isoOf(at) };
      }),
  };
}
