import type { SequenceSize } from './sequence-row.tsx';

interface SequenceLanesProps {
  readonly lanes: readonly string[];
  readonly size: SequenceSize;
}

/** Names of lanes that are not their ids. They are short: a lane is narrow. */
const LANE_NAMES: Readonly<Record<string, string>> = { call: 'chart', journal: 'log' };

/** Shows the names of the lanes above them. Hidden from screen readers: each row says who told whom. */
export function SequenceLanes({ lanes, size }: SequenceLanesProps) {
  const graphPx = lanes.length * size.lane;
  return (
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
  );
}
