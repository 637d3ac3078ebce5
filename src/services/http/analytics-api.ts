import type { Analytics } from '../../protocol/console-analytics.ts';
import { AnalyticsQuery, instantsOf, TakersQuery } from '../../protocol/console-queries.ts';
import type { Charts } from '../../charts/drawn-charts.ts';
import type { Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import { callItemOf } from './calls-api.ts';
import { RequestProblem } from './problems.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';
import { withoutAbsent } from './without-absent.ts';

/** The charts as they are drawn, and what all calls together did on them. */
export function analyticsApi({ journal, charts }: { readonly journal: Journal; readonly charts: Charts }) {
  return {
    'GET /api/charts/:machineId': ({ params }) => {
      const picture = charts.get(params['machineId'] ?? '');
      if (picture === undefined) {
        const detail = `no chart has this name; the charts are ${[...charts.keys()].sort().join(', ')}`;
        throw new RequestProblem('NOT_FOUND', { detail });
      }
      return json(200, picture);
    },

    'GET /api/analytics': async ({ query }) => {
      const range = readQuery(AnalyticsQuery, query);
      const sums = await journal.query('analytics', withoutAbsent(range));
      const taken = new Set(sums.transitions.map(({ id }) => id));
      const analytics: Analytics = {
        from: range.from ?? null,
        to: range.to ?? null,
        agent: range.agent ?? null,
        tests: range.tests,
        ...sums,
        neverTaken: (charts.get('call')?.edges ?? []).map(({ id }) => id).filter((id) => !taken.has(id)),
      };
      return json(200, analytics);
    },

    'GET /api/analytics/calls': async ({ query }) => {
      const { from, to, ...filter } = readQuery(TakersQuery, query);
      const found = await journal.query(
        'findCalls',
        withoutAbsent({ ...filter, ...instantsOf({ from, to }) }),
      );
      return json(200, { ...found, items: found.items.map(callItemOf) });
    },
  } satisfies Record<string, Handler>;
}
