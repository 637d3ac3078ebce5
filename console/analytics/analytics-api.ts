import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Analytics } from '../../src/protocol/console-analytics.ts';
import type { CallPage } from '../../src/protocol/console-calls.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import { ask } from '../api/request.ts';
import { type Period, queryOf } from './period.ts';

/** While calls wait to be counted, the numbers are asked for again after so many ms. */
const PENDING_AGAIN_MS = 2000;
/** The id of the chart of calls. The chart of tool calls is shown nowhere. */
const CALL = 'call';

export function useAnalytics(period: Period) {
  return useQuery({
    queryKey: ['analytics', period],
    queryFn: ({ signal }) =>
      ask<Analytics>(`/api/analytics?${new URLSearchParams(queryOf(period)).toString()}`, { signal }),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data.pending > 0 ? PENDING_AGAIN_MS : false,
  });
}

/** Loads the drawn chart of calls, once: it changes only with the engine. */
export function useCallChart() {
  return useQuery({
    queryKey: ['charts', CALL],
    queryFn: ({ signal }) => ask<ChartPicture>(`/api/charts/${CALL}`, { signal }),
    staleTime: Infinity,
  });
}

/** Loads the calls that took a transition, newest first, 25 on a page. */
export function useCallsThatTook(transition: string, period: Period) {
  return useInfiniteQuery({
    queryKey: ['analytics', 'calls', transition, period],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ ...queryOf(period), transition, limit: '25' });
      if (pageParam !== null) query.set('cursor', pageParam);
      return ask<CallPage>(`/api/analytics/calls?${query.toString()}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}
