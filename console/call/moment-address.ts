import { useEffect, useRef } from 'react';
import { countAt, hashOf, momentOf } from '../timeline/moment.ts';
import type { Row } from '../timeline/row.ts';
import type { Travel } from './time-travel.ts';

/** The address changes when the viewer has stayed at a row for so many ms, not while they drag through the call. */
const SETTLE_MS = 300;

/**
 * Keeps the moment that is looked at in the address, so that a link opens the call there. At the end of the log the
 * address has no moment.
 */
export function useMomentAddress(rows: readonly Row[], travel: Travel, startedAt: number): void {
  const { count, isAtEdge, go } = travel;
  const isOpened = useRef(false);
  const at = rows[count - 1]?.at;
  const hasRows = rows.length > 0;

  useEffect(() => {
    if (!hasRows) return undefined;
    const goThere = () => {
      const moment = momentOf(location.hash);
      if (moment !== undefined) go(countAt(rows, startedAt, moment));
    };
    if (!isOpened.current) goThere();
    isOpened.current = true;
    window.addEventListener('hashchange', goThere);
    return () => {
      window.removeEventListener('hashchange', goThere);
    };
  }, [hasRows, rows, startedAt, go]);

  useEffect(() => {
    if (!hasRows) return undefined;
    const timer = setTimeout(() => {
      const hash = isAtEdge || at === undefined ? '' : hashOf(at - startedAt);
      if (hash !== location.hash)
        history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [hasRows, isAtEdge, at, startedAt]);
}
