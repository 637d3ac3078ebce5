import type { Database } from 'better-sqlite3';
import type { CallLog } from './call-log.ts';
import type { CallSums } from '../folds/call-sums.fold.ts';
import type { AnalyticsSums, DayRange } from '../calls.port.ts';
import { quantileOf, type Spread } from '../folds/spread.ts';
import { openSumsLedger } from './sums-ledger.ts';

/** Uncounted calls that one question counts on the way: it must not hold up the calls that are being written. */
const CAUGHT_UP_AT_ONCE = 10;

/** Answers questions of many calls out of the sums that are kept of them. */
export function openAnalytics(db: Database, log: CallLog) {
  const ledger = openSumsLedger(db);
  return (range: DayRange): AnalyticsSums => {
    const pending = log.catchUp(CAUGHT_UP_AT_ONCE);
    const { sums, days } = ledger.ofRange(range);
    return { pending, perDay: days.filter(({ calls }) => calls > 0), ...figuresOf(sums) };
  };
}

function figuresOf(sums: CallSums): Omit<AnalyticsSums, 'pending' | 'perDay'> {
  const { calls, totalMs, durations, waits, measuredWaits } = sums;
  const turns = sumOf(waits);
  return {
    calls,
    durations: {
      totalMs,
      averageMs: calls === 0 ? null : Math.round(totalMs / calls),
      ...spreadOf(durations),
    },
    latency: { turns, atLeast: turns - measuredWaits, ...spreadOf(waits) },
    endReasons: largestFirst(sums.endReasons).map(([reason, count]) => ({ reason, count })),
    bargeIns: { total: sums.bargeIns, callsWithAny: sums.callsWithBargeIn },
    tools: Object.entries(sums.tools)
      .map(([name, outcomes]) => ({ name, calls: sumOf(outcomes), outcomes }))
      .sort((a, b) => b.calls - a.calls),
    usage: usageOf(sums.usage),
    languages: largestFirst(sums.languages).map(([language, count]) => ({ language, calls: count })),
    transitions: Object.entries(sums.transitions)
      .filter(([, { taken }]) => taken > 0)
      .map(([id, { taken, calls: ofCalls }]) => ({ id, count: taken, calls: ofCalls })),
    states: Object.entries(sums.states)
      .map(([path, { visits, dwell }]) => ({ path, visits, ...spreadOf(dwell) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    untaken: largestFirst(sums.untaken).map(([what, count]) => {
      const [event = '', state = ''] = what.split(' ');
      return { event, state, count };
    }),
  };
}

const spreadOf = (spread: Spread) => ({ p50Ms: quantileOf(spread, 0.5), p95Ms: quantileOf(spread, 0.95) });
const sumOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
const largestFirst = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);

function usageOf({ seconds = 0, ...tokens }: CallSums['usage']): AnalyticsSums['usage'] {
  return {
    inputTextTokens: tokens['inputTextTokens'] ?? 0,
    inputAudioTokens: tokens['inputAudioTokens'] ?? 0,
    cachedTokens: tokens['cachedTokens'] ?? 0,
    outputTextTokens: tokens['outputTextTokens'] ?? 0,
    outputAudioTokens: tokens['outputAudioTokens'] ?? 0,
    transcribedSeconds: seconds,
  };
}
