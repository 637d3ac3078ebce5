import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CallDetail, FullRow, TranscriptLine } from '../../src/protocol/console-calls.ts';
import type { LiveCall } from '../../src/protocol/console-live.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import { stateName } from '../../src/protocol/state-path.ts';
import { feed, useLiveList } from '../api/feed.ts';
import { ask } from '../api/request.ts';
import { type Row, rowOf } from '../timeline/row.ts';
import { NOTHING_SPOKEN, type SpokenLines, spokenOn } from '../timeline/spoken-lines.ts';

type RowsKey = readonly string[];

const bodiesOf = (isRevealed: boolean) => (isRevealed ? 'full' : 'redacted');

/** Loads a call, its rows, its transcript and the chart of calls. `key`: the query key of the rows. */
export function useCallQueries(callSid: string, isRevealed: boolean) {
  const path = `/api/calls/${encodeURIComponent(callSid)}`;
  const key: RowsKey = useMemo(() => ['call', callSid, 'rows', bodiesOf(isRevealed)], [callSid, isRevealed]);

  const call = useQuery({
    queryKey: ['call', callSid],
    queryFn: ({ signal }) => ask<CallDetail>(path, { signal }),
  });
  const chart = useQuery({
    queryKey: ['charts', 'call'],
    queryFn: ({ signal }) => ask<ChartPicture>('/api/charts/call', { signal }),
    staleTime: Infinity,
  });
  const rows = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await ask<FullRow[]>(`${path}/events?bodies=${bodiesOf(isRevealed)}`, { signal })).map(rowOf),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  const transcript = useQuery({
    queryKey: ['call', callSid, 'transcript'],
    queryFn: ({ signal }) => ask<TranscriptLine[]>(`${path}/transcript?unheard=true`, { signal }),
    staleTime: Infinity,
  });
  return { key, call, chart, rows, transcript };
}

/** Asks for a call anew when no process has it any more, and when one has it again: no row tells the first. */
export function useAwaited(callSid: string, isAwaited: boolean | undefined): void {
  const client = useQueryClient();
  useLiveList(
    useCallback(
      (calls: readonly LiveCall[]) => {
        const told = calls.find((call) => call.callSid === callSid);
        if (isAwaited !== undefined && told !== undefined && told.isAwaited !== isAwaited)
          void client.invalidateQueries({ queryKey: ['call', callSid], exact: true });
      },
      [client, callSid, isAwaited],
    ),
  );
}

/** Adds the rows of a live call as they come. @returns the lines that are being spoken now. */
export function useLiveRows(callSid: string, key: RowsKey, isWatched: boolean): SpokenLines {
  const client = useQueryClient();
  const [spoken, setSpoken] = useState(NOTHING_SPOKEN);
  useEffect(() => {
    if (!isWatched) return undefined;
    const known = () => client.getQueryData<readonly Row[]>(key) ?? [];
    return feed.watchCall(callSid, {
      since: () => known().at(-1)?.seq ?? 0,
      onRows: (fresh) => {
        const before = known().at(-1)?.path ?? '';
        client.setQueryData<readonly Row[]>(key, (had = []) => [...had, ...fresh.map(rowOf)]);
        const after = fresh.at(-1)?.path ?? '';
        // Which commands the call takes depends on its state.
        if (stateName(after) !== stateName(before) || fresh.some(({ event }) => event === 'call.resumed'))
          void client.invalidateQueries({ queryKey: ['call', callSid], exact: true });
      },
      onWords: (lines) => {
        setSpoken((before) => spokenOn(before, lines));
      },
      onResync: () => {
        void client.invalidateQueries({ queryKey: key });
      },
    });
  }, [client, callSid, key, isWatched]);
  return spoken;
}
