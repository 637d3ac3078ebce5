import { memo } from 'react';
import { placeText } from '../parts/figures.ts';
import type { Message } from '../timeline/lanes.ts';
import type { Span } from '../timeline/spans.ts';

export const ROW_PX = 24;
export const LANE_PX = 35;

interface SequenceRowProps {
  readonly message: Message;
  readonly index: number;
  readonly top: number;
  readonly lanes: readonly string[];
  readonly spans: readonly Span[];
  readonly startedAt: number;
  readonly isCurrent: boolean;
  readonly isToCome: boolean;
  readonly onPlace: (count: number) => void;
}

const KIND_WORDS = { fact: 'fact', order: 'order', announcement: 'announced' };

export const SequenceRow = memo(function SequenceRow(props: SequenceRowProps) {
  const { message, index, top, lanes, spans, startedAt, isCurrent, isToCome, onPlace } = props;
  const { row, kind, from, to, isUntaken, newState } = message;
  const graphPx = lanes.length * LANE_PX;
  return (
    <div
      id={`row-${String(index + 1)}`}
      className="sequence-row"
      role="option"
      aria-selected={isCurrent}
      data-current={isCurrent || undefined}
      data-to-come={isToCome || undefined}
      data-untaken={isUntaken || undefined}
      style={{ top, height: ROW_PX, gridTemplateColumns: `56px ${String(graphPx)}px minmax(0, 1fr)` }}
      onClick={() => {
        onPlace(index + 1);
      }}
    >
      <span className="sequence-time">{placeText(row.at - startedAt)}</span>
      <svg className="sequence-graph" width={graphPx} height={ROW_PX} aria-hidden="true">
        {lanes.map((lane, at) => (
          <line key={lane} className="sequence-life" x1={xOf(at)} x2={xOf(at)} y1="0" y2={ROW_PX} />
        ))}
        {spans
          .filter(
            ({ fromIndex, toIndex }) => fromIndex <= index && (toIndex === undefined || toIndex >= index),
          )
          .map((span) => (
            <SpanBar
              key={`${span.lane} ${span.name} ${String(span.fromIndex)}`}
              {...{ span, index, lanes }}
            />
          ))}
        <Arrow from={lanes.indexOf(from)} to={lanes.indexOf(to)} kind={kind} />
      </svg>
      <span className="sequence-event">
        <span className="visually-hidden">
          {KIND_WORDS[kind]}, {from} to {to}
          {isUntaken && ', not taken'}:
        </span>
        <span className="sequence-name">{row.event}</span>
        {newState !== undefined && (
          <span className="sequence-state">{newState.replace(/^conversing\./, '')}</span>
        )}
      </span>
    </div>
  );
});

const xOf = (lane: number) => lane * LANE_PX + LANE_PX / 2;

const MID = ROW_PX / 2;

interface SpanBarProps {
  readonly span: Span;
  readonly index: number;
  readonly lanes: readonly string[];
}

/** What goes on while a row is told: a thick piece of the lane's line. */
function SpanBar({ span: { lane, name, fromIndex, toIndex }, index, lanes }: SpanBarProps) {
  const at = lanes.indexOf(LANE_OF[lane] ?? name);
  if (at < 0) return null;
  const y1 = fromIndex === index ? MID : 0;
  const y2 = toIndex === index ? MID : ROW_PX;
  return <line className="sequence-span" data-lane={lane} x1={xOf(at)} x2={xOf(at)} y1={y1} y2={y2} />;
}

const LANE_OF: Partial<Record<Span['lane'], string>> = {
  caller: 'caller',
  agent: 'phone',
  generating: 'model',
};

interface ArrowProps {
  readonly from: number;
  readonly to: number;
  readonly kind: Message['kind'];
}

function Arrow({ from, to, kind }: ArrowProps) {
  const [x1, x2] = [xOf(from), xOf(to)];
  if (kind === 'announcement' || x1 === x2) {
    return (
      <rect
        className="sequence-note"
        x={x1 - 4}
        y={MID - 4}
        width="8"
        height="8"
        transform={`rotate(45 ${String(x1)} ${String(MID)})`}
      />
    );
  }
  const way = Math.sign(x2 - x1);
  const tip = x2 - way * 2;
  const back = tip - way * 6;
  return (
    <g className="sequence-arrow" data-kind={kind}>
      <circle cx={x1} cy={MID} r="2.5" />
      <line x1={x1} x2={back} y1={MID} y2={MID} />
      <polygon
        points={`${String(tip)},${String(MID)} ${String(back)},${String(MID - 3.5)} ${String(back)},${String(MID + 3.5)}`}
      />
    </g>
  );
}
