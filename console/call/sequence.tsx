import { memo, useMemo, useState } from 'react';
import { lanesOf, messagesOf } from '../timeline/lanes.ts';
import type { Row } from '../timeline/row.ts';
import { EVERY_ROW, foundIn, shownMessages } from '../timeline/sequence-filter.ts';
import type { LaneSpan } from '../timeline/spans.ts';
import { SequenceLanes } from './sequence-lanes.tsx';
import type { SequenceSize } from './sequence-row.tsx';
import { SequenceRows } from './sequence-rows.tsx';
import { SequenceTools } from './sequence-tools.tsx';
import './sequence.css';

interface SequenceProps {
  readonly rows: readonly Row[];
  readonly spans: readonly LaneSpan[];
  /** The number of rows up to the one that is looked at; later rows are drawn pale. */
  readonly count: number;
  readonly startedAt: number;
  /** Whether words are shown and searched. */
  readonly isRevealed: boolean;
  readonly onPlace: (count: number) => void;
}

const SIZES: readonly SequenceSize[] = [
  { row: 18, lane: 26 },
  { row: 24, lane: 35 },
  { row: 34, lane: 52 },
];
const USUAL = 1;

/** Shows every fact, order and announcement of a call, row by row. Only the rows in sight are drawn. */
export const Sequence = memo(function Sequence(props: SequenceProps) {
  const { rows, spans, count, startedAt, isRevealed, onPlace } = props;
  const [filter, setFilter] = useState(EVERY_ROW);
  const [text, setText] = useState('');
  const [zoom, setZoom] = useState(USUAL);
  const size = SIZES[zoom] ?? { row: 24, lane: 35 };
  const lanes = useMemo(() => lanesOf(rows), [rows]);
  const messages = useMemo(() => messagesOf(rows), [rows]);
  const shown = useMemo(() => shownMessages(messages, filter), [messages, filter]);
  const found = useMemo(() => foundIn(shown, text, isRevealed), [shown, text, isRevealed]);
  const marked = useMemo(() => new Set(found), [found]);
  const zoomBy = (by: number) => () => {
    setZoom(zoom + by);
  };

  return (
    <div className="sequence" data-zoom={zoom}>
      <SequenceTools
        {...{ lanes, filter, text, found, count }}
        onFilter={setFilter}
        onText={setText}
        onPlace={onPlace}
        onZoomOut={zoom === 0 ? undefined : zoomBy(-1)}
        onZoomIn={zoom === SIZES.length - 1 ? undefined : zoomBy(1)}
      />
      <SequenceLanes {...{ lanes, size }} />
      <SequenceRows {...{ shown, marked, lanes, size, spans, count, startedAt, onPlace }} />
    </div>
  );
});
