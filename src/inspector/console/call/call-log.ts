import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { CallDetail, FullRow, TranscriptLine } from '../../../protocol/console-calls.ts';
import type { ChartPicture } from '../../../protocol/console-chart.ts';
import { stateName } from '../../../protocol/state-path.ts';
import { feed } from '../api/feed.ts';
import { ask } from '../api/request.ts';
import { type Row, rowOf } from '../timeline/row.ts';
import { NOTHING_SPOKEN, type SpokenLines, spokenOn } from '../timeline/spoken-lines.ts';
import { type TranscriptWords, wordsIn } from '../timeline/transcript-words.ts';
import { hide, reveal, useWordsShown } from './words-shown.ts';

/** Everything that a call's page shows, whether it comes from the engine or from a file. */
export interface ShownCall {
  readonly call: CallDetail;
  readonly rows: readonly Row[];
  /** Words by item id, where rows hold dots. */
  readonly words: TranscriptWords;
  /** What is being said at this moment. */
  readonly spoken: SpokenLines;
  readonly chart: ChartPicture;
  /** Whether words are shown as they are. */
  readonly isRevealed: boolean;
  /** Has them shown; absent where they are, and where there are none. */
  readonly reveal: (() => void) | undefined;
  /** Has them hidden again; absent where they are not shown. */
  readonly hide: (() => void) | undefined;
}

interface CallLog {
  readonly shown: ShownCall | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

const bodiesOf = (isRevealed: boolean) => (isRevealed ? 'full' : 'redacted');

/** A call of the engine: its log so far, and while it is live every new row as it comes. */
export function useCallLog(callSid: string): CallLog {
  const client = useQueryClient();
  const isRevealed = useWordsShown();
  const [spoken, setSpoken] = useState(NOTHING_SPOKEN);
  const path = `/api/calls/${encodeURIComponent(callSid)}`;
  const key = useMemo(() => ['call', callSid, 'rows', bodiesOf(isRevealed)], [callSid, isRevealed]);

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

  const isLive = call.data?.isLive === true;
  const hasRows = rows.data !== undefined && !rows.isPlaceholderData;
  useEffect(() => {
    if (!isLive || !hasRows) return undefined;
    const known = () => client.getQueryData<readonly Row[]>(key) ?? [];
    return feed.watchCall(callSid, {
      since: () => known().at(-1)?.seq ?? 0,
      onRows: (fresh) => {
        const before = known().at(-1)?.path ?? '';
        client.setQueryData<readonly Row[]>(key, (had = []) => [...had, ...fresh.map(rowOf)]);
        const after = fresh.at(-1)?.path ?? '';
        // What the call takes depends on where it stands.
        if (stateName(after) !== stateName(before))
          void client.invalidateQueries({ queryKey: ['call', callSid], exact: true });
      },
      onWords: (lines) => {
        setSpoken((before) => spokenOn(before, lines));
      },
      onResync: () => {
        void client.invalidateQueries({ queryKey: key });
      },
    });
  }, [client, callSid, key, isLive, hasRows]);

  const words = useMemo(() => wordsIn(transcript.data ?? []), [transcript.data]);
  const queries = [call, chart, rows, transcript];
  const shown = useMemo(
    (): ShownCall | undefined =>
      call.data === undefined || chart.data === undefined || rows.data === undefined
        ? undefined
        : {
            call: call.data,
            rows: rows.data,
            words,
            spoken,
            chart: chart.data,
            isRevealed,
            reveal: isRevealed ? undefined : reveal,
            hide: isRevealed ? hide : undefined,
          },
    [call.data, chart.data, rows.data, words, spoken, isRevealed],
  );
  return {
    shown,
    error: queries.find(({ error }) => error !== null)?.error,
    retry: () => {
      for (const { error, refetch } of queries) if (error !== null) void refetch();
    },
  };
}
