import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Analytics } from '../../../protocol/console-analytics.ts';
import type { CallPage } from '../../../protocol/console-calls.ts';
import type { ChartPicture } from '../../../protocol/console-chart.ts';
import { ask } from '../api/request.ts';
import { type Period, queryOf } from './period.ts';

/** Calls that are not counted yet are counted soon: asked again after so many ms. */
const PENDING_AGAIN_MS = 2000;
/** The chart of calls; the one of tool calls has no pages of its own. */
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

/** The chart as it is drawn; the same for as long as the engine runs. */
export function useCallChart() {
  return useQuery({
    queryKey: ['charts', CALL],
    queryFn: ({ signal }) => ask<ChartPicture>(`/api/charts/${CALL}`, { signal }),
    staleTime: Infinity,
  });
}

/** Calls that took a transition, newest first, page after page. */
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
