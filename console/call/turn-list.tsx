import { memo, useEffect, useRef } from 'react';
import { placeText } from '../parts/figures.ts';
import type { SpokenWords } from '../../src/protocol/console-live.ts';
import type { SpokenLines } from '../timeline/spoken-lines.ts';
import type { TranscriptWords } from '../timeline/transcript-words.ts';
import { isSameTurn, type Turn } from '../timeline/turns.ts';
import { TurnLine } from './turn-line.tsx';
import './turn-list.css';

interface TurnListProps {
  readonly turns: readonly Turn[];
  /** The start of the call, from which times are counted; ms since the Unix epoch. */
  readonly startedAt: number;
  readonly words: TranscriptWords;
  /** The lines that are being spoken now. */
  readonly spoken: SpokenLines;
  readonly isRevealed: boolean;
  /** Goes to a row of the log. */
  readonly onPlace: (seq: number) => void;
}

/** A list that is scrolled this near to its end, in px, follows new turns. */
const NEAR_END_PX = 80;

/** Lists who said and did what, up to the row that is looked at, and keeps the last turn in view. */
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
  /** The time of the turn in the call, as text: `0:04.2`. */
  readonly place: string;
}

/** Shows one turn. Memoised by content: every row makes new turns, of which most are the same as before. */
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
