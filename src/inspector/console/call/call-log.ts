import { useMemo } from 'react';
import type { CallDetail } from '../../../protocol/console-calls.ts';
import type { ChartPicture } from '../../../protocol/console-chart.ts';
import type { Row } from '../timeline/row.ts';
import type { SpokenLines } from '../timeline/spoken-lines.ts';
import { type TranscriptWords, wordsIn } from '../timeline/transcript-words.ts';
import { useCallQueries, useLiveRows } from './call-queries.ts';
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

/** A call of the engine: its log so far, and while it is live every new row as it comes. */
export function useCallLog(callSid: string): CallLog {
  const isRevealed = useWordsShown();
  const { key, call, chart, rows, transcript } = useCallQueries(callSid, isRevealed);
  const hasRows = rows.data !== undefined && !rows.isPlaceholderData;
  const spoken = useLiveRows(callSid, key, call.data?.isLive === true && hasRows);

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
