import type { Database } from 'better-sqlite3';
import { openAnalytics } from './analytics.ts';
import type { CallLog } from './call-log.ts';
import { openCallSearch } from './call-search.ts';
import type { CallQueries } from '../calls.port.ts';
import { lossesOf } from '../../../protocol/losses.ts';
import { TurnTimesFold } from '../../../protocol/turn-times.ts';
import type { InThread } from './in-thread.ts';

/** What the console asks of calls. */
export function callQueries(db: Database, log: CallLog): InThread<CallQueries> {
  const search = openCallSearch(db);
  return {
    findCalls: (filter) => search.find(filter),
    foundCall: ({ callSid }) => search.one(callSid),
    rowsAfter: ({ after, limit }) =>
      after.map(({ callSid, seq }) => {
        const lastSeq = log.lastSeqOf(callSid);
        const rows = lastSeq > seq ? log.pageAfter(callSid, seq, limit) : [];
        return {
          ...{ callSid, after: seq, rows },
          lastSeq: rows.at(-1)?.seq ?? seq,
          behind: Math.max(0, lastSeq - seq),
        };
      }),
    turnTimes: ({ callSid }) => {
      const fold = new TurnTimesFold();
      for (const row of log.events(callSid)) fold.take(row);
      return { turns: [...fold.turns], greetingMs: fold.greetingMs ?? null };
    },
    losses: ({ callSid, isAwaited }) => lossesOf(log.events(callSid), isAwaited),
    analytics: openAnalytics(db, log),
  };
}
