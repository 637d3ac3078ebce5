import { memo, useMemo } from 'react';
import { eventName } from '../../src/protocol/call-feed.ts';
import { clockText, placeText } from '../parts/figures.ts';
import type { Row } from '../timeline/row.ts';
import { shareOf } from '../timeline/share.ts';
import type { LaneSpan } from '../timeline/spans.ts';
import type { Travel } from './time-travel.ts';
import './scrubber.css';

interface ScrubberProps {
  readonly rows: readonly Row[];
  readonly spans: readonly LaneSpan[];
  readonly travel: Travel;
  readonly startedAt: number;
  /** The end of the axis: the end of the call, or the present; ms since the Unix epoch. */
  readonly endAt: number;
  readonly isLive: boolean;
  /** The moment of the recording that is playing, in ms since the Unix epoch; it may be between two rows. */
  readonly heardAt: number | undefined;
}

const TRACKS: readonly { readonly lane: LaneSpan['lane']; readonly words: string }[] = [
  { lane: 'caller', words: 'Caller' },
  { lane: 'agent', words: 'Agent' },
  { lane: 'tool', words: 'Tools' },
];

/** Shows the whole call on a time axis: who spoke when, and a handle that moves row by row. */
export function Scrubber({ rows, spans, travel, startedAt, endAt, isLive, heardAt }: ScrubberProps) {
  const length = Math.max(1, endAt - startedAt);
  const row = rows[travel.count - 1];
  const place = travel.isAtEdge && isLive ? length : (heardAt ?? row?.at ?? startedAt) - startedAt;
  const share = (ms: number) => shareOf(ms, length);
  const ticks = useMemo(() => ticksOf(length), [length]);

  const goTo = (ms: number) => {
    const after = rows.findIndex(({ at }) => at - startedAt > ms);
    travel.go(after === -1 ? rows.length : Math.max(1, after));
  };

  return (
    <div className="scrubber">
      <div className="scrubber-names" aria-hidden="true">
        {TRACKS.map(({ lane, words }) => (
          <span key={lane}>{words}</span>
        ))}
      </div>
      <div className="scrubber-line">
        <Tracks {...{ spans, startedAt, endAt }} />
        <div className="scrubber-ticks" aria-hidden="true">
          {ticks.map((ms) => (
            <span key={ms} style={{ left: share(ms) }}>
              {clockText(ms)}
            </span>
          ))}
        </div>
        <span className="scrubber-head" aria-hidden="true" style={{ left: share(place) }} />
        <input
          className="scrubber-input"
          type="range"
          min={0}
          max={Math.round(length)}
          step="any"
          value={place}
          aria-label="Place in the call"
          aria-valuetext={
            row === undefined
              ? 'nothing yet'
              : `${placeText(row.at - startedAt)}, row ${String(travel.count)} of ${String(travel.total)}, ${eventName(row)}`
          }
          onChange={({ currentTarget: { valueAsNumber } }) => {
            goTo(valueAsNumber);
          }}
          onKeyDown={(event) => {
            const by = STEPS[event.key];
            if (by === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            travel.step(event.shiftKey ? 10 * by : by);
          }}
        />
      </div>
    </div>
  );
}

/** Draws who spoke when. Memoised: a long call has thousands of spans, and moving the handle changes none. */
const Tracks = memo(function Tracks({
  spans,
  startedAt,
  endAt,
}: Pick<ScrubberProps, 'spans' | 'startedAt' | 'endAt'>) {
  const length = Math.max(1, endAt - startedAt);
  return TRACKS.map(({ lane }) => (
    <div key={lane} className="scrubber-track" aria-hidden="true">
      {spans
        .filter((span) => span.lane === lane)
        .map(({ from, to, isCut, name, fromIndex }) => (
          <span
            key={`${name} ${String(fromIndex)}`}
            className="scrubber-span"
            data-lane={lane}
            data-cut={isCut || undefined}
            title={lane === 'tool' ? name : undefined}
            style={{ left: shareOf(from - startedAt, length), width: shareOf((to ?? endAt) - from, length) }}
          />
        ))}
    </div>
  ));
});

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
};

/** Distances between two ticks, in ms; the first that gives few enough ticks is used. */
const GAPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].map((seconds) => seconds * 1000);
const MOST_TICKS = 12;

function ticksOf(length: number): number[] {
  const gap = GAPS.find((ms) => length / ms <= MOST_TICKS) ?? 3_600_000;
  return Array.from({ length: Math.floor(length / gap) + 1 }, (_, at) => at * gap);
}
