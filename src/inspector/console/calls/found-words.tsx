import { useQuery } from '@tanstack/react-query';
import type { TranscriptLine } from '../../../protocol/console-calls.ts';
import { ask } from '../api/request.ts';
import { useWordsShown } from '../call/words-shown.ts';
import { countText } from '../parts/figures.ts';
import { type Hits, hitsIn } from './hits.ts';

const NAMES: Readonly<Record<Hits['role'], string>> = { caller: 'Caller', agent: 'Agent' };

/** Where the words that are looked for were said in a call. Asked for when the call comes in sight; undefined until then. */
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

/** What was said around the first hit, with all hits in it marked. */
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
