import type { Analytics } from '../../src/protocol/console-analytics.ts';
import { countText } from '../parts/figures.ts';
import { lengthText } from './figures.ts';

/** Times below this, in ms, are drawn close together: their differences do not matter. */
const SHORT_MS = 50;

interface DwellTableProps {
  readonly states: Analytics['states'];
}

/** Shows how long calls stay in each state: the median and the 95th percentile of its visits, on a logarithmic scale. */
export function DwellTable({ states }: DwellTableProps) {
  const visited = states.filter(({ visits }) => visits > 0).sort((a, b) => b.visits - a.visits);
  const longest = Math.max(1, ...visited.map(({ p95Ms }) => p95Ms ?? 0));
  const placeOf = (ms: number | null) =>
    (100 * Math.log1p((ms ?? 0) / SHORT_MS)) / Math.log1p(longest / SHORT_MS);
  return (
    <section className="figure panel figure-wide" aria-label="Time in each state">
      <h2>Time in each state</h2>
      {visited.length === 0 ? (
        <p className="quiet">No call has ended in this period.</p>
      ) : (
        <table className="plain-table dwell">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Visits</th>
              <th scope="col">Median</th>
              <th scope="col">95 % below</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {visited.map(({ path, visits, p50Ms, p95Ms }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>{countText(visits)}</td>
                <td>{lengthText(p50Ms)}</td>
                <td>{lengthText(p95Ms)}</td>
                <td className="dwell-cell" aria-hidden="true">
                  <span
                    className="dwell-span"
                    style={{
                      left: `${String(placeOf(p50Ms))}%`,
                      width: `${String(Math.max(0.8, placeOf(p95Ms) - placeOf(p50Ms)))}%`,
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
