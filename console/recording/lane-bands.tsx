import { memo } from 'react';
import { shareOf } from '../timeline/share.ts';
import type { LaneSpan } from '../timeline/spans.ts';

interface LaneBandsProps {
  readonly spans: readonly LaneSpan[];
  readonly startedAt: number;
  readonly endAt: number;
}

/** Draws, over the recording, when each side spoke by the log: the caller in the upper half, the agent in the lower. */
export const LaneBands = memo(function LaneBands({ spans, startedAt, endAt }: LaneBandsProps) {
  const length = Math.max(1, endAt - startedAt);
  return spans
    .filter(({ lane }) => lane === 'caller' || lane === 'agent')
    .map(({ lane, from, to, isCut, fromIndex }) => (
      <span
        key={`${lane} ${String(fromIndex)}`}
        className="recording-band"
        aria-hidden="true"
        data-lane={lane}
        data-cut={isCut || undefined}
        style={{ left: shareOf(from - startedAt, length), width: shareOf((to ?? endAt) - from, length) }}
      />
    ));
});
