import { memo, useEffect, useRef } from 'react';
import { placeText } from '../parts/figures.ts';
import type { SpokenWords } from '../../../protocol/console-live.ts';
import type { SpokenLines } from '../timeline/spoken-lines.ts';
import type { TranscriptWords } from '../timeline/transcript-words.ts';
import { isSameTurn, type Turn } from '../timeline/turns.ts';
import { TurnLine } from './turn-line.tsx';
import './turn-list.css';

interface TurnListProps {
  readonly turns: readonly Turn[];
  /** Ms since the Unix epoch: places are counted from here. */
  readonly startedAt: number;
  readonly words: TranscriptWords;
  /** What is being said at this moment. */
  readonly spoken: SpokenLines;
  readonly isRevealed: boolean;
  /** Goes to a row of the log. */
  readonly onPlace: (seq: number) => void;
}

/** Nearer to the end than this, in px, the list keeps to the end. */
const NEAR_END_PX = 80;

/** Who said and did what, up to the place in the log; the last one is kept in view. */
export const TurnList = memo(function TurnList(props: TurnListProps) {
  const { turns, startedAt, words, spoken, isRevealed, onPlace } = props;
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const last = turns.at(-1);

  useEffect(() => {
    const element = list.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [last, turns.length, spoken]);

  if (turns.length === 0) return <p className="turn-list-empty quiet">Nobody has said anything yet.</p>;
  return (
    <ol
      ref={list}
      className="turn-list"
      aria-label="Turns"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
    >
      {turns.map((turn) => (
        <TurnItem
          key={turn.key}
          {...{ turn, words, isRevealed, onPlace }}
          spoken={'itemId' in turn && turn.text === undefined ? spoken.get(turn.itemId) : undefined}
          place={placeText(turn.at - startedAt)}
        />
      ))}
    </ol>
  );
});

interface TurnItemProps extends Pick<TurnListProps, 'words' | 'isRevealed' | 'onPlace'> {
  readonly turn: Turn;
  readonly spoken: SpokenWords | undefined;
  /** Where it stands in the call, in words. */
  readonly place: string;
}

/** A fold makes its turns anew with every row; most of them are as they were, and stay as they are drawn. */
const TurnItem = memo(
  function TurnItem({ turn, place, words, spoken, isRevealed, onPlace }: TurnItemProps) {
    return (
      <li className="turn" data-kind={turn.kind}>
        <button
          type="button"
          className="turn-place"
          aria-label={`Go to ${place}`}
          onClick={() => {
            onPlace(turn.seq);
          }}
        >
          {place}
        </button>
        <TurnLine turn={turn} words={words} spoken={spoken} isRevealed={isRevealed} />
      </li>
    );
  },
  ({ turn, ...before }, { turn: other, ...after }) =>
    isSameTurn(turn, other) &&
    before.words === after.words &&
    before.spoken === after.spoken &&
    before.isRevealed === after.isRevealed &&
    before.onPlace === after.onPlace,
);
