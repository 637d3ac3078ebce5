import { memo } from 'react';
import { eventName } from '../../src/protocol/call-feed.ts';
import { placeText } from '../parts/figures.ts';
import type { LaneMessage } from '../timeline/lanes.ts';
import type { LaneSpan } from '../timeline/spans.ts';

/** The height of a row and the width of a lane, in px. */
export interface SequenceSize {
  readonly row: number;
  readonly lane: number;
}

interface SequenceRowProps {
  readonly message: LaneMessage;
  readonly index: number;
  readonly top: number;
  readonly lanes: readonly string[];
  readonly size: SequenceSize;
  readonly spans: readonly LaneSpan[];
  readonly startedAt: number;
  readonly isCurrent: boolean;
  readonly isToCome: boolean;
  /** True when the row contains the searched text. */
  readonly isFound: boolean;
  readonly onPlace: (count: number) => void;
}

const KIND_WORDS = { fact: 'fact', order: 'order', announcement: 'announced' };

export const SequenceRow = memo(function SequenceRow(props: SequenceRowProps) {
  const { message, index, top, lanes, size, spans, startedAt, isCurrent, isToCome, isFound, onPlace } = props;
  const { row, kind, from, to, isUntaken, newState } = message;
  const graphPx = lanes.length * size.lane;
  return (
    <div
      id={`row-${String(index + 1)}`}
      className="sequence-row"
      role="option"
      aria-selected={isCurrent}
      data-current={isCurrent || undefined}
      data-to-come={isToCome || undefined}
      data-found={isFound || undefined}
      data-untaken={isUntaken || undefined}
      style={{ top, height: size.row, gridTemplateColumns: `56px ${String(graphPx)}px minmax(0, 1fr)` }}
      onClick={() => {
        onPlace(index + 1);
      }}
    >
      <span className="sequence-time">{placeText(row.at - startedAt)}</span>
      <svg className="sequence-graph" width={graphPx} height={size.row} aria-hidden="true">
        {lanes.map((lane, at) => (
          <line
            key={lane}
            className="sequence-life"
            x1={xOf(at, size)}
            x2={xOf(at, size)}
            y1="0"
            y2={size.row}
          />
        ))}
        {spans
          .filter(
            ({ fromIndex, toIndex }) => fromIndex <= index && (toIndex === undefined || toIndex >= index),
          )
          .map((span) => (
            <SpanBar
              key={`${span.lane} ${span.name} ${String(span.fromIndex)}`}
              {...{ span, index, lanes, size }}
            />
          ))}
        <Arrow from={lanes.indexOf(from)} to={lanes.indexOf(to)} {...{ kind, size }} />
      </svg>
      <span className="sequence-event">
        <span className="visually-hidden">
          {KIND_WORDS[kind]}, {from} to {to}
          {isUntaken && ', not taken'}:
        </span>
        <span className="sequence-name">{eventName(row)}</span>
        {newState !== undefined && (
          <span className="sequence-state">{newState.replace(/^conversing\./, '')}</span>
        )}
      </span>
    </div>
  );
});

const xOf = (lane: number, size: SequenceSize) => lane * size.lane + size.lane / 2;

interface SpanBarProps {
  readonly span: LaneSpan;
  readonly index: number;
  readonly lanes: readonly string[];
  readonly size: SequenceSize;
}

/** Draws what lasts over a row, such as speech, as a thick piece of the lane's line. */
function SpanBar({ span: { lane, name, fromIndex, toIndex }, index, lanes, size }: SpanBarProps) {
  const at = lanes.indexOf(LANE_OF[lane] ?? name);
  if (at < 0) return null;
  const y1 = fromIndex === index ? size.row / 2 : 0;
  const y2 = toIndex === index ? size.row / 2 : size.row;
  return (
    <line className="sequence-span" data-lane={lane} x1={xOf(at, size)} x2={xOf(at, size)} y1={y1} y2={y2} />
  );
}

const LANE_OF: Partial<Record<LaneSpan['lane'], string>> = {
  caller: 'caller',
  agent: 'phone',
  generating: 'model',
};

interface ArrowProps {
  readonly from: number;
  readonly to: number;
  readonly kind: LaneMessage['kind'];
  readonly size: SequenceSize;
}

function Arrow({ from, to, kind, size }: ArrowProps) {
  const [x1, x2] = [xOf(from, size), xOf(to, size)];
  const middle = size.row / 2;
  if (kind === 'announcement' || x1 === x2) {
    return (
      <rect
        className="sequence-note"
        x={x1 - 4}
        y={middle - 4}
        width="8"
        height="8"
        transform={`rotate(45 ${String(x1)} ${String(middle)})`}
      />
    );
  }
  const way = Math.sign(x2 - x1);
  const tip = x2 - way * 2;
  const back = tip - way * 6;
  return (
    <g className="sequence-arrow" data-kind={kind}>
      <circle cx={x1} cy={middle} r="2.5" />
      <line x1={x1} x2={back} y1={middle} y2={middle} />
      <polygon
        points={`${String(tip)},${String(middle)} ${String(back)},${String(middle - 3.5)} ${String(back)},${String(middle + 3.5)}`}
      />
    </g>
  );
}
