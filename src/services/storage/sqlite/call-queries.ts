import type { Database } from 'better-sqlite3';
import { fullRowOf } from '../../../protocol/shown-rows.ts';
import { openAnalytics } from './analytics.ts';
import type { CallLog } from './call-log.ts';
import { openCallSearch } from './call-search.ts';
import type { CallQueries } from '../calls.port.ts';
import { TurnTimesFold } from '../../../protocol/turn-times.ts';

/** What the console asks of calls. */
export function callQueries(db: Database, log: CallLog): CallQueries {
  const search = openCallSearch(db);
  return {
    findCalls: (filter) => search.find(filter),
    foundCall: ({ callSid }) => search.one(callSid),
    rowsText: ({ after, limit = -1, ...asked }) =>
      after.map(({ callSid, seq, bodies = asked.bodies }) => {
        const lastSeq = log.lastSeqOf(callSid);
        const rows = lastSeq > seq ? log.eventsAfter(callSid, seq, limit) : [];
        return {
          callSid,
          after: seq,
          bodies,
          lastSeq: rows.at(-1)?.seq ?? seq,
          behind: Math.max(0, lastSeq - seq),
          text: JSON.stringify(rows.map((row) => fullRowOf(row, bodies))),
        };
      }),
    turnTimes: ({ callSid }) => {
      const fold = new TurnTimesFold();
      for (const row of log.events(callSid)) fold.take(row);
      return { turns: [...fold.turns], greetingMs: fold.greetingMs ?? null };
    },
    analytics: openAnalytics(db, log),
  };
}
