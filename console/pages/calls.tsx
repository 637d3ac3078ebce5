import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { useAgents } from '../agents/agents-api.ts';
import { useSettled } from '../agents/use-settled.ts';
import { ask } from '../api/request.ts';
import { useEndedCalls, useLiveCalls } from '../calls/calls-api.ts';
import { EndedCalls } from '../calls/ended-calls.tsx';
import { FilterBar } from '../calls/filter-bar.tsx';
import { areSet, type Filters, filtersOf, NO_FILTERS, unfinished } from '../calls/filters.ts';
import { LiveCalls } from '../calls/live-calls.tsx';
import { hide, reveal, useWordsShown } from '../call/words-shown.ts';
import { OpenFile } from '../calls/open-file.tsx';
import { CallsFailing } from '../parts/failing.tsx';
import { countText } from '../parts/figures.ts';
import { useTitle } from '../parts/use-title.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import '../calls/calls.css';

/** Time without typing after which a search is sent, in ms. */
const TYPING_MS = 250;

/** Lists calls in progress and ended calls; searches ended calls by what was said and done in them. */
export function CallsPage() {
  const [, navigate] = useLocation();
  const kept: unknown = useHistoryState();
  const [filters, setFilters] = useState(() => filtersOf(kept));
  const { calls: live } = useLiveCalls();
  useTitle('Calls');

  const change = (next: Filters) => {
    setFilters(next);
    // In the history and not in the address: filters hold numbers and words of callers.
    navigate('/', { replace: true, state: areSet(next) ? next : null });
  };

  return (
    <div className="calls">
      <div>
        <header className="calls-head">
          <h1>Calls</h1>
          <span className="quiet">{countText(live.length)} in progress</span>
          <OpenFile />
        </header>
        <CallsFailing />
      </div>
      <LiveCalls calls={live} />
      <Found filters={filters} onChange={change} />
    </div>
  );
}

interface FoundProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

function Found({ filters, onChange }: FoundProps) {
  const settled = useSettled(filters, TYPING_MS);
  const asked = unfinished(settled) === undefined ? settled : { ...settled, number: '' };
  const { data, error, hasNextPage, isFetching, isPlaceholderData, fetchNextPage, refetch } =
    useEndedCalls(asked);
  const calls = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const names = useNames();
  const areShown = useWordsShown();

  return (
    <>
      <FilterBar filters={filters} onChange={onChange} {...names} />
      <p className="calls-count quiet">
        <span role="status">
          {areSet(asked) && error === null && data !== undefined && foundText(calls.length, hasNextPage)}
        </span>
        {asked.q !== '' && (
          <Button className="button" data-kind="plain" onPress={areShown ? hide : reveal}>
            {areShown ? 'Hide words' : 'Show words'}
          </Button>
        )}
      </p>
      {error !== null ? (
        <Failure error={error} what="The calls" onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="calls" />
      ) : calls.length === 0 ? (
        areSet(asked) ? (
          <Notice
            title="No call is like that"
            action={{
              label: 'Clear the search',
              onPress: () => {
                onChange(NO_FILTERS);
              },
            }}
          >
            Words are looked for in what was heard; a call is counted some seconds after its end.
          </Notice>
        ) : (
          <Notice title="No call has ended yet">
            Place one with the softphone, or with <code>npm run call</code> in a terminal.
          </Notice>
        )
      ) : (
        <div className="calls-found" aria-busy={isPlaceholderData}>
          <EndedCalls
            // A new search begins at the top of the list.
            key={JSON.stringify(asked)}
            q={asked.q}
            calls={calls}
            hasMore={hasNextPage}
            isFetching={isFetching && !isPlaceholderData}
            onMore={() => void fetchNextPage()}
          />
        </div>
      )}
    </>
  );
}

/** How many calls were found, as text. The engine does not count those on later pages. */
function foundText(count: number, hasMore: boolean): string {
  const calls = `${countText(count)} ${count === 1 ? 'call' : 'calls'} found`;
  return hasMore ? `${calls}, and more below` : calls;
}

/** The choices of the filters: agents, their tools, and the states of the chart. */
function useNames() {
  const agents = useAgents();
  const chart = useQuery({
    queryKey: ['charts', 'call'],
    queryFn: ({ signal }) => ask<ChartPicture>('/api/charts/call', { signal }),
    staleTime: Infinity,
  });
  return useMemo(
    () => ({
      agents: (agents.data ?? []).map(({ id }) => id),
      tools: [...new Set((agents.data ?? []).flatMap(({ tools }) => tools))].sort(),
      states: (chart.data?.nodes ?? []).map(({ path }) => path),
    }),
    [agents.data, chart.data],
  );
}
