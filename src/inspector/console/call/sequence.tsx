import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from 'react';
import { lanesOf, messagesOf } from '../timeline/lanes.ts';
import type { Row } from '../timeline/row.ts';
import type { Span } from '../timeline/spans.ts';
import { LANE_PX, ROW_PX, SequenceRow } from './sequence-row.tsx';
import './sequence.css';

interface SequenceProps {
  readonly rows: readonly Row[];
  readonly spans: readonly Span[];
  /** So many rows have happened; the others are shown as what is to come. */
  readonly count: number;
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
}

/** Short ones: a lane is narrow. */
const LANE_NAMES: Readonly<Record<string, string>> = { call: 'chart', journal: 'log' };

/** Every fact, order and announcement: who told whom, row by row. Only the rows in sight exist. */
export const Sequence = memo(function Sequence({ rows, spans, count, startedAt, onPlace }: SequenceProps) {
  const pane = useRef<HTMLDivElement>(null);
  const lanes = useMemo(() => lanesOf(rows), [rows]);
  const messages = useMemo(() => messagesOf(rows), [rows]);
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => pane.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });

  useEffect(() => {
    const height = pane.current?.clientHeight ?? 0;
    const top = (count - 1) * ROW_PX - (virtual.scrollOffset ?? 0);
    const isInSight = top >= CONTEXT_PX && top + ROW_PX <= height - CONTEXT_PX;
    if (count > 0 && !isInSight) virtual.scrollToIndex(count - 1, { align: 'center' });
  }, [virtual, count]);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, count, rows.length);
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onPlace(to);
  };

  const graphPx = lanes.length * LANE_PX;
  return (
    <div className="sequence">
      <div
        className="sequence-lanes"
        aria-hidden="true"
        style={{ gridTemplateColumns: `56px ${String(graphPx)}px 1fr` }}
      >
        <span />
        <span className="sequence-lane-names">
          {lanes.map((lane) => (
            <span key={lane} data-lane={lane.split('.')[0]} style={{ width: LANE_PX }}>
              {LANE_NAMES[lane] ?? lane.replace('tool.', 'tool')}
            </span>
          ))}
        </span>
        <span>event</span>
      </div>
      <div
        ref={pane}
        className="sequence-rows"
        role="listbox"
        tabIndex={0}
        aria-label="Rows of the log"
        aria-activedescendant={count > 0 ? `row-${String(count)}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="sequence-length" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const message = messages[index];
            if (message === undefined) return null;
            return (
              <SequenceRow
                key={message.row.seq}
                message={message}
                index={index}
                top={start}
                lanes={lanes}
                spans={spans}
                startedAt={startedAt}
                isCurrent={index === count - 1}
                isToCome={index >= count}
                onPlace={onPlace}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
});

const PAGE = 15;
/** What is seen before and after the current row, at least. */
const CONTEXT_PX = 2 * ROW_PX;

function keyTarget(key: string, count: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(total, count + 1);
    case 'ArrowUp':
      return Math.max(1, count - 1);
    case 'PageDown':
      return Math.min(total, count + PAGE);
    case 'PageUp':
      return Math.max(1, count - PAGE);
    case 'Home':
      return 1;
    case 'End':
      return total;
    default:
      return undefined;
  }
}
