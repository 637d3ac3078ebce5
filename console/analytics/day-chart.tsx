import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Analytics } from '../../src/protocol/console-analytics.ts';
import { countText } from '../parts/figures.ts';
import { dayText, fullDayText, lengthText, shortCount } from './figures.ts';
import { everyDay, type Period } from './period.ts';

type Day = Analytics['perDay'][number];

interface DayChartProps {
  readonly perDay: readonly Day[];
  readonly period: Period;
}

/** Shows the calls of each day, days without calls too, as a bar chart; for screen readers, as a table. */
export function DayChart({ perDay, period }: DayChartProps) {
  const days = everyDay(perDay, period, (day) => ({ day, calls: 0, totalMs: 0 }));
  return (
    <section className="figure panel figure-wide" aria-label="Calls a day">
      <h2>Calls a day</h2>
      {days.length === 0 ? (
        <p className="quiet">No call has ended in this period.</p>
      ) : (
        <>
          <div className="day-chart" aria-hidden="true">
            <ResponsiveContainer width="100%" height="100%">
              <BarChart
                data={days}
                accessibilityLayer={false}
                margin={{ top: 6, right: 0, bottom: 0, left: 0 }}
              >
                <XAxis
                  dataKey="day"
                  tickFormatter={dayText}
                  tickLine={false}
                  axisLine={{ stroke: 'var(--line-strong)' }}
                  tick={{ fill: 'var(--ink-3)', fontSize: 11 }}
                  minTickGap={24}
                />
                <YAxis
                  allowDecimals={false}
                  width={34}
                  tickFormatter={shortCount}
                  tickLine={false}
                  axisLine={false}
                  tick={{ fill: 'var(--ink-3)', fontSize: 11 }}
                />
                <Tooltip content={DayTip} cursor={{ fill: 'var(--raised)' }} isAnimationActive={false} />
                <Bar
                  dataKey="calls"
                  fill="var(--accent)"
                  radius={[2, 2, 0, 0]}
                  maxBarSize={28}
                  isAnimationActive={false}
                />
              </BarChart>
            </ResponsiveContainer>
          </div>
          <DayTable days={days} />
        </>
      )}
    </section>
  );
}

interface DayTipProps {
  readonly payload?: readonly { readonly payload?: Day }[];
}

function DayTip({ payload }: DayTipProps) {
  const day = payload?.[0]?.payload;
  if (day === undefined) return null;
  return (
    <div className="chart-tip">
      <p>{fullDayText(day.day)}</p>
      <p>
        <strong>{countText(day.calls)}</strong> calls, {lengthText(day.totalMs)}
      </p>
    </div>
  );
}

function DayTable({ days }: { readonly days: readonly Day[] }) {
  return (
    <details className="behind">
      <summary>As a table</summary>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Calls</th>
            <th scope="col">On the line</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, calls, totalMs }) => (
            <tr key={day}>
              <th scope="row">{fullDayText(day)}</th>
              <td>{countText(calls)}</td>
              <td>{lengthText(totalMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
