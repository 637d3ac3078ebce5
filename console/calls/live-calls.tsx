import { memo } from 'react';
import { Link } from 'wouter';
import { useEngineGone } from '../api/feed.ts';
import { clockText } from '../parts/figures.ts';
import { StateChip } from '../parts/state-chip.tsx';
import { partyText } from '../parts/call-name.ts';
import { TestMark } from '../parts/test-mark.tsx';
import { useNow } from '../parts/use-now.ts';
import { MOST_SAMPLES, type Sample, type WatchedCall } from './live-list.ts';

const TICK_MS = 1000;

/** Lists the calls in progress: their states, who is heard, and how long they have lasted. */
export function LiveCalls({ calls }: { readonly calls: readonly WatchedCall[] }) {
  const isGone = useEngineGone();
  const at = useNow(TICK_MS, calls.length > 0 && !isGone);
  if (calls.length === 0) return <p className="calls-none quiet">No call is in progress.</p>;
  return (
    <ul className="calls-live" aria-label="Calls in progress">
      {calls.map((call) => (
        <li key={call.callSid}>
          <Link href={`/calls/${call.callSid}`} className="calls-row calls-row-live">
            <StateChip path={call.state} isAwaited={call.isAwaited} />
            <span className="calls-numbers">
              {partyText(call.from)} <span className="quiet">→ {partyText(call.to)}</span>{' '}
              {call.isTest && <TestMark />}
            </span>
            <span className="quiet calls-agent">{call.agentId}</span>
            <span className="calls-speaker" data-speaking={call.speaking ?? undefined}>
              {call.isAwaited ? 'no line' : call.speaking === null ? 'silence' : `${call.speaking} speaks`}
            </span>
            <Activity samples={call.samples} />
            <span className="calls-length">{clockText(at - Date.parse(call.startedAt))}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const BAR_PX = 2;
const HEIGHT_PX = 18;

/** Draws the last 30 s of a call: whose voice was heard, and how much audio passed. */
const Activity = memo(function Activity({ samples }: { readonly samples: readonly Sample[] }) {
  const first = MOST_SAMPLES - samples.length;
  return (
    <svg className="calls-activity" width={MOST_SAMPLES * BAR_PX} height={HEIGHT_PX} aria-hidden="true">
      {samples.map(({ speaking, activity }, index) => {
        const height = speaking === null ? 2 : 5 + activity * (HEIGHT_PX - 5);
        return (
          <rect
            key={index}
            data-speaking={speaking ?? undefined}
            x={(first + index) * BAR_PX}
            y={(HEIGHT_PX - height) / 2}
            width={BAR_PX - 0.5}
            height={height}
          />
        );
      })}
    </svg>
  );
});
