import type { Analytics } from '../../src/protocol/console-analytics.ts';
import { countText } from '../parts/figures.ts';
import { lengthText, shareText } from './figures.ts';

/** Shows the most important numbers of a period. */
export function Totals({ analytics }: { readonly analytics: Analytics }) {
  const { calls, pending, durations, latency, bargeIns } = analytics;
  return (
    <dl className="totals" aria-label="Totals">
      <Total
        name="Ended calls"
        figure={countText(calls)}
        note={pending > 0 ? `${countText(pending)} being counted` : `${lengthText(durations.totalMs)} in all`}
      />
      <Total
        name="Call length, median"
        figure={lengthText(durations.p50Ms)}
        note={`95 % below ${lengthText(durations.p95Ms)}`}
      />
      <Total
        name="Answer after, median"
        figure={lengthText(latency.p50Ms)}
        note={`95 % below ${lengthText(latency.p95Ms)}, ${turnsText(latency)}`}
      />
      <Total
        name="Barge-ins"
        figure={countText(bargeIns.total)}
        note={`in ${shareText(bargeIns.callsWithAny, calls)} of calls`}
      />
    </dl>
  );
}

/** Counts the turns, and those whose figure is too low because the log does not say when the caller fell silent. */
const turnsText = ({ turns, atLeast }: Analytics['latency']) =>
  `${countText(turns)} turns${atLeast > 0 ? `, ${countText(atLeast)} of them at least so long` : ''}`;

interface TotalProps {
  readonly name: string;
  readonly figure: string;
  readonly note: string;
}

function Total({ name, figure, note }: TotalProps) {
  return (
    <div className="total">
      <dt className="label">{name}</dt>
      <dd className="total-figure">{figure}</dd>
      <dd className="total-note label">{note}</dd>
    </div>
  );
}
