import { useCallback, useMemo, useState } from 'react';

/** The place in a log: how many of its rows, from the first, count as happened. */
export interface Travel {
  /** At least 1; 0 while there are no rows. */
  readonly count: number;
  readonly total: number;
  /** True at the end of the log: the place moves on with new rows. */
  readonly isAtEdge: boolean;
  readonly go: (count: number) => void;
  readonly step: (by: number) => void;
  readonly toEdge: () => void;
}

/** Holds the place in a log of `total` rows. At the end it moves with the log; anywhere else it stays. */
export function useTimeTravel(total: number): Travel {
  const [place, setPlace] = useState<number>();
  const count = Math.min(place ?? total, total);
  const go = useCallback(
    (to: number) => {
      setPlace(to >= total ? undefined : Math.max(1, to));
    },
    [total],
  );
  const step = useCallback(
    (by: number) => {
      go(count + by);
    },
    [count, go],
  );
  const toEdge = useCallback(() => {
    setPlace(undefined);
  }, []);
  return useMemo(
    () => ({ count, total, isAtEdge: place === undefined, go, step, toEdge }),
    [count, total, place, go, step, toEdge],
  );
}
