import { memo } from 'react';
import { shareOf } from '../timeline/share.ts';
import type { Span } from '../timeline/spans.ts';

interface LaneBandsProps {
  readonly spans: readonly Span[];
  readonly startedAt: number;
  readonly endAt: number;
}

/** When the log has each side speaking, laid on what was heard of it: the caller's half above, the agent's below. */
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
