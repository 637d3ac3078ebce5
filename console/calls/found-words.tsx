import { useQuery } from '@tanstack/react-query';
import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { ask } from '../api/request.ts';
import { useWordsShown } from '../call/words-shown.ts';
import { countText } from '../parts/figures.ts';
import { type Hits, hitsIn } from './hits.ts';

const NAMES: Readonly<Record<Hits['role'], string>> = { caller: 'Caller', agent: 'Agent' };

/** Finds where the searched words were said in a call. It loads the transcript; undefined until then. */
export function useHits(callSid: string, q: string): Hits | undefined {
  const areShown = useWordsShown();
  const { data } = useQuery({
    queryKey: ['calls', callSid, 'transcript', 'heard'],
    queryFn: ({ signal }) =>
      ask<TranscriptLine[]>(`/api/calls/${encodeURIComponent(callSid)}/transcript`, { signal }),
    enabled: q.trim() !== '',
    staleTime: 60_000,
  });
  return data === undefined || q.trim() === '' ? undefined : hitsIn(data, q, areShown);
}

/** Shows what was said around the first hit, with all hits in it marked. */
export function FoundWords({ hits: { role, count, pieces } }: { readonly hits: Hits }) {
  return (
    <span className="calls-hit">
      <span className="quiet">
        {NAMES[role]}
        {count > 1 && `, ${countText(count)} times in the call`}:{' '}
      </span>
      <span dir="auto">
        {pieces.map(({ text, isHit }, at) =>
          isHit ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
        )}
      </span>
    </span>
  );
}
