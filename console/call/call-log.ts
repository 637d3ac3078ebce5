import { useMemo } from 'react';
import type { CallDetail } from '../../src/protocol/console-calls.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import type { Row } from '../timeline/row.ts';
import type { SpokenLines } from '../timeline/spoken-lines.ts';
import { type TranscriptWords, wordsIn } from '../timeline/transcript-words.ts';
import { useAwaited, useCallQueries, useLiveRows } from './call-queries.ts';
import { hide, reveal, useWordsShown } from './words-shown.ts';

/** Everything that the page of a call shows, from the engine or from a file. */
export interface ShownCall {
  readonly call: CallDetail;
  readonly rows: readonly Row[];
  /** The words of the transcript by item id: rows may have dots in their place. */
  readonly words: TranscriptWords;
  /** The lines that are being spoken now. */
  readonly spoken: SpokenLines;
  readonly chart: ChartPicture;
  /** Whether words are shown, not dots. */
  readonly isRevealed: boolean;
  /** Shows words; undefined when they are shown, or when there are none. */
  readonly reveal: (() => void) | undefined;
  /** Hides words; undefined when they are not shown. */
  readonly hide: (() => void) | undefined;
}

interface LoadedCall {
  readonly shown: ShownCall | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Loads a call from the engine: its log, and while it is live every new row. */
export function useCallLog(callSid: string): LoadedCall {
  const isRevealed = useWordsShown();
  const { key, call, chart, rows, transcript } = useCallQueries(callSid, isRevealed);
  const hasRows = rows.data !== undefined && !rows.isPlaceholderData;
  const spoken = useLiveRows(
    callSid,
    key,
    (call.data?.isLive === true || call.data?.isAwaited === true) && hasRows,
  );

  useAwaited(callSid, call.data?.isAwaited);

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
