import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Row } from '../timeline/row.ts';
import type { Travel } from './time-travel.ts';

interface PlayButtonProps {
  readonly rows: readonly Row[];
  readonly travel: Travel;
  readonly isLive: boolean;
}

/** The longest pause between two rows in a replay, in ms; longer ones are cut to it. */
const LONGEST_PAUSE_MS = 3000;

/** Replays the log at the speed of the call. At the end of the log of a live call, it stops at the current row instead. */
export function PlayButton({ rows, travel, isLive }: PlayButtonProps) {
  const { count, total, isAtEdge, step, go } = travel;
  const [wantsPlay, setWantsPlay] = useState(false);
  const isPlaying = wantsPlay && count < total;
  const [here, next] = [rows[count - 1], rows[count]];

  useEffect(() => {
    if (!isPlaying || here === undefined || next === undefined) return undefined;
    const timer = setTimeout(
      () => {
        step(1);
      },
      Math.min(LONGEST_PAUSE_MS, next.at - here.at),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [isPlaying, here, next, step]);

  if (isLive && isAtEdge) {
    return (
      <Button
        className="button"
        onPress={() => {
          setWantsPlay(false);
          go(total - 1);
        }}
      >
        Pause
      </Button>
    );
  }
  return (
    <Button
      className="button"
      onPress={() => {
        if (!isPlaying && count >= total) go(1);
        setWantsPlay(!isPlaying);
      }}
    >
      {isPlaying ? 'Pause' : 'Play'}
    </Button>
  );
}
