import type { Clock } from '../../clock.ts';
import { CalendarQuery, PageQuery } from '../../protocol/rest.ts';
import type { CalendarBooking, Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import { bookingsFeed } from './bookings-feed.ts';
import { tagged } from './entity-tag.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

/** How long an appointment stays in the feed after it has ended, in ms: some look back at last month. */
const LOOK_BACK_MS = 31 * 86_400_000;

/** About 2.5 MB of calendar. A business with more to come asks agent by agent. */
const MAX_ENTRIES = 5000;
/** Asked for at once: between two such questions the journal does what calls wait for. */
const ENTRIES_AT_ONCE = 250;

interface StoredDeps {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** What the tools stored: leads, bookings, messages; and the bookings as a calendar. */
export function storedApi({ journal, clock }: StoredDeps) {
  const list = (rows: 'leads' | 'bookings' | 'messages'): Handler => {
    return async ({ query }) => {
      const { limit, cursor } = readQuery(PageQuery, query);
      return json(200, await journal.query(rows, { limit, ...(cursor === undefined ? {} : { cursor }) }));
    };
  };
  const entriesOf = async (diary: string | undefined): Promise<CalendarBooking[]> => {
    const range = { since: clock.now() - LOOK_BACK_MS, limit: ENTRIES_AT_ONCE };
    const entries: CalendarBooking[] = [];
    for (let isMore = true; isMore && entries.length < MAX_ENTRIES;) {
      const after = entries.at(-1);
      const more = await journal.query('calendar', {
        ...range,
        ...(diary === undefined ? {} : { diary }),
        ...(after === undefined ? {} : { after: { id: after.id, endsAt: after.endsAt } }),
      });
      entries.push(...more);
      isMore = more.length === ENTRIES_AT_ONCE;
    }
    return entries;
  };

  return {
    'GET /api/leads': list('leads'),
    'GET /api/bookings': list('bookings'),
    'GET /api/messages': list('messages'),
    'GET /api/bookings.ics': async ({ query, headers }) => {
      const { agentId } = readQuery(CalendarQuery, query);
      const entries = await entriesOf(agentId);
      return tagged(bookingsFeed(entries), 'text/calendar', headers['if-none-match']);
    },
  } satisfies Record<string, Handler>;
}
