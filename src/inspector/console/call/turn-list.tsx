import { memo, useEffect, useMemo, useRef } from 'react';
import { placeText } from '../parts/figures.ts';
import type { Turn } from '../timeline/turns.ts';
import { TurnLine } from './turn-line.tsx';
import './turn-list.css';

interface TurnListProps {
  readonly turns: readonly Turn[];
  /** Ms since the Unix epoch: places are counted from here. */
  readonly startedAt: number;
  readonly words: ReadonlyMap<string, string>;
  readonly isRevealed: boolean;
  /** Goes to a row of the log. */
  readonly onPlace: (seq: number) => void;
}

/** Nearer to the end than this, in px, the list keeps to the end. */
const NEAR_END_PX = 80;

/** Who said and did what, up to the place in the log; the last one is kept in view. */
export const TurnList = memo(function TurnList(props: TurnListProps) {
  const { turns, startedAt, words, isRevealed, onPlace } = props;
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const last = turns.at(-1);

  useEffect(() => {
    const element = list.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [last, turns.length]);

  const places = useMemo(() => turns.map(({ at }) => placeText(at - startedAt)), [turns, startedAt]);
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
      {turns.map((turn, index) => (
        <li key={turn.key} className="turn" data-kind={turn.kind}>
          <button
            type="button"
            className="turn-place"
            aria-label={`Go to ${places[index] ?? ''}`}
            onClick={() => {
              onPlace(turn.seq);
            }}
          >
            {places[index]}
          </button>
          <TurnLine turn={turn} words={words} isRevealed={isRevealed} />
        </li>
      ))}
    </ol>
  );
});
