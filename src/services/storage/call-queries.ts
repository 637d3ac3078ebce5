import type { Database } from 'better-sqlite3';
import { openAnalytics } from './analytics.ts';
import type { CallLog } from './call-log.ts';
import { openCallSearch } from './call-search.ts';
import type { CallQueries, EventsAfter } from './journal.port.ts';
import { turnTimesOf } from './turn-times.fold.ts';

/** A viewer that is further behind than this, in rows, reads the call anew. */
const MAX_BEHIND = 2000;

/** What the console asks of calls. */
export function callQueries(db: Database, log: CallLog): CallQueries {
  const search = openCallSearch(db);

  const eventsAfter = (callSid: string, seq: number): EventsAfter => {
    const head = log.head(callSid);
    if (head === undefined || head.lastSeq <= seq) return { callSid, events: [] };
    return head.lastSeq - seq > MAX_BEHIND
      ? { callSid, events: undefined }
      : { callSid, events: log.eventsAfter(callSid, seq, MAX_BEHIND) };
  };

  return {
    findCalls: (filter) => search.find(filter),
    foundCall: ({ callSid }) => search.one(callSid),
    eventsAfter: ({ after }) => after.map(({ callSid, seq }) => eventsAfter(callSid, seq)),
    turnTimes: ({ callSid }) => turnTimesOf(log.events(callSid)),
    analytics: openAnalytics(db, log),
  };
}
