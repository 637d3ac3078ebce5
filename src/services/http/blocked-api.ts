import type { Clock } from '../../clock.ts';
import { PageQuery } from '../../protocol/rest.ts';
import type { Journal } from '../storage/journal.port.ts';
import { type Answer, json } from './answer.ts';
import { RequestProblem } from './problems.ts';
import { readPhone, readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';
import { withoutAbsent } from './without-absent.ts';

export interface BlockedApiDeps {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Whose calls are not taken: the numbers that operators block, and the calls that were refused for any cause. */
export function blockedApi({ journal, clock }: BlockedApiDeps) {
  return {
    'GET /api/blocked': async ({ query }) =>
      json(200, await journal.query('blockedNumbers', withoutAbsent(readQuery(PageQuery, query)))),

    'PUT /api/blocked/:phone': async ({ params }) =>
      json(200, await journal.transact('blockNumber', { phone: readPhone(params), at: clock.now() })),

    'DELETE /api/blocked/:phone': async ({ params }): Promise<Answer> => {
      if (await journal.transact('unblockNumber', { phone: readPhone(params) })) {
        return { status: 204, type: 'application/json', text: '' };
      }
      throw new RequestProblem('NOT_FOUND', { detail: 'this number is not blocked' });
    },

    'GET /api/refused-calls': async ({ query }) =>
      json(200, await journal.query('refusedCalls', withoutAbsent(readQuery(PageQuery, query)))),
  } satisfies Record<string, Handler>;
}
