import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect } from 'react';

/** The least number of rows in sight before and after the current one. */
const CONTEXT_ROWS = 2;

interface Sight {
  /** The number of rows. */
  readonly rows: number;
  /** The height of each row, in px. */
  readonly rowPx: number;
  /** The position of the row that is kept in sight; -1 for none. */
  readonly current: number;
}

/** Finds the rows in sight in a pane, and a few beside them: only those are drawn. */
export function useRowsInSight(pane: RefObject<HTMLElement | null>, { rows, rowPx, current }: Sight) {
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => pane.current,
    estimateSize: () => rowPx,
    overscan: 12,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowPx]);

  useEffect(() => {
    const height = pane.current?.clientHeight ?? 0;
    const top = current * rowPx - (virtual.scrollOffset ?? 0);
    const context = CONTEXT_ROWS * rowPx;
    const isInSight = top >= context && top + rowPx <= height - context;
    if (current >= 0 && !isInSight) virtual.scrollToIndex(current, { align: 'center' });
  }, [pane, virtual, current, rowPx]);
  return virtual;
}
