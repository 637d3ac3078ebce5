import { type KeyboardEvent, useRef } from 'react';
import type { PlacedMessage } from '../timeline/sequence-filter.ts';
import type { LaneSpan } from '../timeline/spans.ts';
import { keyTarget } from './sequence-keys.ts';
import { SequenceRow, type SequenceSize } from './sequence-row.tsx';
import { useRowsInSight } from './sequence-sight.ts';

interface SequenceRowsProps {
  readonly shown: readonly PlacedMessage[];
  /** Positions in the log of the rows that were found. */
  readonly marked: ReadonlySet<number>;
  readonly lanes: readonly string[];
  readonly size: SequenceSize;
  readonly spans: readonly LaneSpan[];
  readonly count: number;
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
}

/** Lists the rows with one tab stop: arrow keys go from row to row, and the page follows. */
export function SequenceRows(props: SequenceRowsProps) {
  const { shown, marked, lanes, size, spans, count, startedAt, onPlace } = props;
  const pane = useRef<HTMLDivElement>(null);
  /** The last shown row that has happened. */
  const current = shown.findLastIndex(({ index }) => index < count);
  const virtual = useRowsInSight(pane, { rows: shown.length, rowPx: size.row, current });

  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, current, shown.length);
    const place = to === undefined ? undefined : shown[to]?.index;
    if (place === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onPlace(place + 1);
  };

  return (
    <div
      ref={pane}
      className="sequence-rows"
      role="listbox"
      tabIndex={0}
      aria-label="Rows of the log"
      aria-activedescendant={current >= 0 ? `row-${String((shown[current]?.index ?? 0) + 1)}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="sequence-length" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const placed = shown[at];
          if (placed === undefined) return null;
          const { message, index } = placed;
          return (
            <SequenceRow
              key={message.row.seq}
              {...{ message, index, lanes, size, spans, startedAt, onPlace }}
              top={start}
              isCurrent={index === count - 1}
              isToCome={index >= count}
              isFound={marked.has(index)}
            />
          );
        })}
      </div>
    </div>
  );
}
