import { PageQuery } from '../../protocol/rest.ts';
import type { Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

/** What the tools stored: leads, bookings, messages. */
export function storedApi(journal: Journal) {
  const list = (rows: 'leads' | 'bookings' | 'messages'): Handler => {
    return async ({ query }) => {
      const { limit, cursor } = readQuery(PageQuery, query);
      return json(200, await journal.query(rows, { limit, ...(cursor === undefined ? {} : { cursor }) }));
    };
  };
  return {
    'GET /api/leads': list('leads'),
    'GET /api/bookings': list('bookings'),
    'GET /api/messages': list('messages'),
  } satisfies Record<string, Handler>;
}
