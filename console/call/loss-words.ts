import { millisText } from '../parts/figures.ts';
import type { LossTurn } from '../timeline/turns.ts';

/** Who is named beside what was lost. */
export const LOSER: Record<LossTurn['of'], string> = {
  session: 'Model',
  stream: 'Line',
  process: 'Engine',
};

const WORDS: Record<
  LossTurn['of'] | 'handOver',
  { lost: string; awaited: string; gone: string; back: string }
> = {
  session: {
    lost: 'the session was lost',
    awaited: 'another one is being opened…',
    gone: 'no other could be had',
    back: 'replaced after',
  },
  stream: {
    lost: 'the stream was lost',
    awaited: 'the carrier is expected to open another one…',
    gone: 'no other came',
    back: 'replaced after',
  },
  process: {
    lost: 'the process that had the call was lost',
    awaited: 'another one goes on when the carrier asks…',
    gone: 'no other went on with it',
    back: 'another one went on after',
  },
  handOver: {
    lost: 'the call was handed over to another process',
    awaited: 'it goes on when the carrier asks…',
    gone: 'that was never asked for it',
    back: 'was on the line again after',
  },
};

/** What was lost, and when it was there again, as text. */
export function lossText({
  of,
  isPlanned,
  gapMs,
  isForGood,
}: Pick<LossTurn, 'of' | 'isPlanned' | 'gapMs' | 'isForGood'>): string {
  const { lost, awaited, gone, back } = WORDS[isPlanned ? 'handOver' : of];
  if (isForGood) return `${lost}, and ${gone}`;
  if (gapMs === null) return `${lost}; ${awaited}`;
  return `${lost}, and ${back} ${millisText(gapMs)}`;
}
