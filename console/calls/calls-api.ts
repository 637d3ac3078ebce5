import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { CallItem, CallPage } from '../../src/protocol/console-calls.ts';
import type { LiveCall } from '../../src/protocol/console-live.ts';
import { useEngineGone, useLiveList } from '../api/feed.ts';
import { ask } from '../api/request.ts';
import { areSet, type Filters, NO_FILTERS, queryOf } from './filters.ts';
import { afterMessage, afterMoment, type LiveList, NO_CALLS } from './live-list.ts';

const PAGE_SIZE = 100;
const MOMENT_MS = 500;

type Pages = { readonly pages: readonly CallPage[]; readonly pageParams: readonly unknown[] };

const keyOf = (filters: Filters) => ['calls', filters];

/** Loads ended calls, page after page. */
export function useEndedCalls(filters: Filters) {
  return useInfiniteQuery({
    queryKey: keyOf(filters),
    queryFn: ({ signal, pageParam }) =>
      ask<CallPage>(`/api/calls?${queryOf(filters, PAGE_SIZE, pageParam)}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before,
    // Calls that end come by the feed. Loading the list again would fetch every page that was seen.
    staleTime: areSet(filters) ? 0 : 60_000,
  });
}

/** Watches the calls in progress. A call that ends goes to the top of the list of ended calls. */
export function useLiveCalls(): LiveList {
  const client = useQueryClient();
  const [list, setList] = useState(NO_CALLS);
  useLiveList(
    useCallback((calls: readonly LiveCall[], isWhole: boolean) => {
      setList((before) => afterMessage(before, calls, isWhole));
    }, []),
  );

  const isGone = useEngineGone();
  const isMoving = list.calls.length > 0 && !isGone;
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => {
      setList(afterMoment);
    }, MOMENT_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isMoving]);

  useEffect(() => {
    for (const callSid of list.left) {
      void ask<CallItem>(`/api/calls/${encodeURIComponent(callSid)}`).then(
        (call) => {
          client.setQueryData<Pages>(keyOf(NO_FILTERS), (pages) => withCall(pages, call));
        },
        () => client.invalidateQueries({ queryKey: keyOf(NO_FILTERS) }),
      );
    }
  }, [client, list.left]);
  return list;
}

function withCall(known: Pages | undefined, call: CallItem): Pages | undefined {
  const [first, ...others] = known?.pages ?? [];
  if (known === undefined || first === undefined || call.state !== 'ended') return known;
  const items = [call, ...first.items.filter(({ callSid }) => callSid !== call.callSid)];
  return { ...known, pages: [{ ...first, items }, ...others] };
}
