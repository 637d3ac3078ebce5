import type { Analytics } from '../../src/protocol/console-analytics.ts';
import { BarTable } from './bar-table.tsx';
import { DayChart } from './day-chart.tsx';
import { DwellTable } from './dwell-table.tsx';
import { countText } from '../parts/figures.ts';
import { languageText, lengthText, wordsText } from './figures.ts';
import type { Period } from './period.ts';
import { untakenByEvent } from './traffic.ts';

interface NumbersProps {
  readonly analytics: Analytics;
  readonly period: Period;
}

/** Shows the numbers of a period: a table for each, most with a chart. */
export function Numbers({ analytics, period }: NumbersProps) {
  const { endReasons, tools, languages, untaken, perDay, states } = analytics;
  return (
    <div className="numbers">
      <DayChart perDay={perDay} period={period} />
      <BarTable
        caption="How calls ended"
        heads={['Reason', 'Calls']}
        rows={endReasons
          .map(({ reason, count }) => ({ key: reason, name: wordsText(reason), count }))
          .sort(byCount)}
        empty="No call has ended in this period."
      />
      <BarTable
        caption="Tools"
        heads={['Tool', 'Calls', 'How they settled']}
        rows={tools
          .map(({ name, calls, outcomes }) => ({
            key: name,
            name: <code>{name}</code>,
            count: calls,
            note: outcomesText(outcomes),
          }))
          .sort(byCount)}
        empty="No tool was called."
        tone="tool"
      />
      <BarTable
        caption="Languages"
        heads={['Language', 'Calls']}
        rows={languages
          .map(({ language, calls }) => ({ key: language, name: languageText(language), count: calls }))
          .sort(byCount)}
        empty="No language is known."
        tone="caller"
      />
      <BarTable
        caption="Facts that nobody took"
        heads={['Fact', 'Times', 'Where']}
        rows={untakenByEvent(untaken).map(({ event, count, states: where }) => ({
          key: event,
          name: <code>{event}</code>,
          count,
          note: where.map(({ state, count: times }) => `${state} ${countText(times)}`).join(', '),
        }))}
        empty="Every fact came in a state that takes it."
        tone="bad"
      />
      <UsageTable usage={analytics.usage} calls={analytics.calls} />
      <DwellTable states={states} />
    </div>
  );
}

const byCount = (a: { readonly count: number }, b: { readonly count: number }) => b.count - a.count;

const outcomesText = (outcomes: Readonly<Record<string, number>>): string =>
  Object.entries(outcomes)
    .map(([outcome, count]) => `${wordsText(outcome)} ${countText(count)}`)
    .join(', ');

interface UsageTableProps {
  readonly usage: Analytics['usage'];
  readonly calls: number;
}

/** Shows the tokens that the model counted, which are what is paid for. Prices are not known here: no sum is shown. */
function UsageTable({ usage, calls }: UsageTableProps) {
  const rows: readonly (readonly [string, number])[] = [
    ['Audio in', usage.inputAudioTokens],
    ['Audio out', usage.outputAudioTokens],
    ['Text in', usage.inputTextTokens],
    ['Text out', usage.outputTextTokens],
    ['Of what came in, from the cache', usage.cachedTokens],
  ];
  return (
    <section className="figure panel" aria-label="What the model counted">
      <h2>What the model counted</h2>
      <p className="quiet">Tokens, as its provider bills them. What one costs is in your contract with it.</p>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Tokens</th>
            <th scope="col">In all</th>
            <th scope="col">A call</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, tokens]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{countText(tokens)}</td>
              <td>{countText(Math.round(tokens / Math.max(1, calls)))}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Transcribed</th>
            <td>{lengthText(usage.transcribedSeconds * 1000)}</td>
            <td>{lengthText((usage.transcribedSeconds * 1000) / Math.max(1, calls))}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
