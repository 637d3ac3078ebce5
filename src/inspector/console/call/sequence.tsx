import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import { lanesOf, messagesOf } from '../timeline/lanes.ts';
import type { Row } from '../timeline/row.ts';
import { EVERY_ROW, foundIn, shownMessages } from '../timeline/sequence-filter.ts';
import type { Span } from '../timeline/spans.ts';
import { SequenceRow, type SequenceSize } from './sequence-row.tsx';
import { SequenceTools } from './sequence-tools.tsx';
import './sequence.css';

interface SequenceProps {
  readonly rows: readonly Row[];
  readonly spans: readonly Span[];
  /** So many rows have happened; the others are shown as what is to come. */
  readonly count: number;
  readonly startedAt: number;
  /** Whether words are shown, and found. */
  readonly isRevealed: boolean;
  readonly onPlace: (count: number) => void;
}

/** Short ones: a lane is narrow. */
const LANE_NAMES: Readonly<Record<string, string>> = { call: 'chart', journal: 'log' };

const SIZES: readonly SequenceSize[] = [
  { row: 18, lane: 26 },
  { row: 24, lane: 35 },
  { row: 34, lane: 52 },
];
const USUAL = 1;

/** Every fact, order and announcement: who told whom, row by row. Only the rows in sight exist. */
export const Sequence = memo(function Sequence(props: SequenceProps) {
  const { rows, spans, count, startedAt, isRevealed, onPlace } = props;
  const pane = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState(EVERY_ROW);
  const [text, setText] = useState('');
  const [zoom, setZoom] = useState(USUAL);
  const size = SIZES[zoom] ?? { row: 24, lane: 35 };
  const lanes = useMemo(() => lanesOf(rows), [rows]);
  const messages = useMemo(() => messagesOf(rows), [rows]);
  const shown = useMemo(() => shownMessages(messages, filter), [messages, filter]);
  const found = useMemo(() => foundIn(shown, text, isRevealed), [shown, text, isRevealed]);
  const marked = useMemo(() => new Set(found), [found]);
  /** The shown row that the place in the log is at, or after. */
  const current = shown.findLastIndex(({ index }) => index < count);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => pane.current,
    estimateSize: () => size.row,
    overscan: 12,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, size.row]);

  useEffect(() => {
    const height = pane.current?.clientHeight ?? 0;
    const top = current * size.row - (virtual.scrollOffset ?? 0);
    const context = CONTEXT_ROWS * size.row;
    const isInSight = top >= context && top + size.row <= height - context;
    if (current >= 0 && !isInSight) virtual.scrollToIndex(current, { align: 'center' });
  }, [virtual, current, size.row]);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, current, shown.length);
    const place = to === undefined ? undefined : shown[to]?.index;
    if (place === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onPlace(place + 1);
  };

  const graphPx = lanes.length * size.lane;
  return (
    <div className="sequence" data-zoom={zoom}>
      <SequenceTools
        {...{ lanes, filter, text, found, count }}
        onFilter={setFilter}
        onText={setText}
        onPlace={onPlace}
        onZoomOut={
          zoom === 0
            ? undefined
            : () => {
                setZoom(zoom - 1);
              }
        }
        onZoomIn={
          zoom === SIZES.length - 1
            ? undefined
            : () => {
                setZoom(zoom + 1);
              }
        }
      />
      <div
        className="sequence-lanes"
        aria-hidden="true"
        style={{ gridTemplateColumns: `56px ${String(graphPx)}px 1fr` }}
      >
        <span />
        <span className="sequence-lane-names">
          {lanes.map((lane) => (
            <span key={lane} data-lane={lane.split('.')[0]} style={{ width: size.lane }}>
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
    </div>
  );
});

const PAGE = 15;
/** Rows that are seen before and after the current one, at least. */
const CONTEXT_ROWS = 2;

/** Which of the shown rows a key leads to. */
function keyTarget(key: string, current: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(total - 1, current + 1);
    case 'ArrowUp':
      return Math.max(0, current - 1);
    case 'PageDown':
      return Math.min(total - 1, current + PAGE);
    case 'PageUp':
      return Math.max(0, current - PAGE);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}
