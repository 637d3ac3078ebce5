import type { Gap } from './chaos-caller.ts';

/** What a run of chaos has come to. */
export interface ChaosMeasures {
  readonly kills: number;
  readonly calls: number;
  /** Streams that broke under a call. Several before it came back are one loss. */
  readonly losses: number;
  /** Of them, those after which the caller had again what they had. */
  readonly gaps: readonly Gap[];
  /** Calls that were not ended by their callers. */
  readonly endedCalls: number;
  /** Rows of call logs that somebody has seen, and that are not there any more, or are others. */
  readonly lostRows: number;
  /** Rows that were looked at. */
  readonly seenRows: number;
  /** Texts and bookings that are there more than once. */
  readonly duplicates: number;
  /** Texts and bookings. */
  readonly effects: number;
  /** Webhooks that failed for good. */
  readonly refusedWebhooks: number;
  /** From a kill to the next worker that listens, in ms. */
  readonly replacementsMs: readonly number[];
}

export const RESUMED_AT_LEAST_PERCENT = 99;
export const GAP_P95_AT_MOST_MS = 2000;

/** One table, and a line for each promise that is broken. */
export function chaosReport(measures: ChaosMeasures): { table: string[]; broken: string[] } {
  const { kills, calls, losses, gaps, endedCalls, lostRows, seenRows, replacementsMs } = measures;
  const { duplicates, effects, refusedWebhooks } = measures;
  const resumed = losses === 0 ? 100 : (100 * gaps.length) / losses;
  const gapsMs = gaps.map(({ ms }) => ms);
  const p95 = quantile(gapsMs, 0.95);
  const toAgent = gaps.filter(({ waitedFor }) => waitedFor === 'agent');
  const rows: [string, string][] = [
    ['workers killed', String(kills)],
    ['calls', String(calls)],
    ['streams lost with them', String(losses)],
    ['calls that went on', `${resumed.toFixed(1)} %`],
    ['calls not ended by their callers', String(endedCalls)],
    ['gap, ms: p50 / p95 / longest', figuresOf(gapsMs, 1)],
    [
      '  until the carrier had its answer',
      figuresOf(
        gaps.map(({ answeredMs }) => answeredMs),
        1,
      ),
    ],
    [
      '  from there to the next stream',
      figuresOf(
        gaps.map(({ answeredMs, attachedMs }) => attachedMs - answeredMs),
        1,
      ),
    ],
    [
      `  from there to the agent's voice (${String(toAgent.length)} waited for it)`,
      figuresOf(
        toAgent.map(({ ms, attachedMs }) => ms - attachedMs),
        1,
      ),
    ],
    ['entries seen / lost', `${String(seenRows)} / ${String(lostRows)}`],
    ['texts and bookings / done twice', `${String(effects)} / ${String(duplicates)}`],
    ['webhooks refused', String(refusedWebhooks)],
    ['worker replaced, ms: p50 / p95', figuresOf(replacementsMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const promises: [string, boolean][] = [
    ['no worker was killed under a call', losses > 0],
    [
      `fewer than ${String(RESUMED_AT_LEAST_PERCENT)} % of the calls went on`,
      resumed >= RESUMED_AT_LEAST_PERCENT,
    ],
    [`the gap's p95 is above ${String(GAP_P95_AT_MOST_MS)} ms`, p95 <= GAP_P95_AT_MOST_MS],
    ['entries that were seen are lost', lostRows === 0],
    ['no entry was looked at', seenRows > 0],
    ['an effect was done twice', duplicates === 0],
    ['nothing was booked or sent', effects > 0],
    ['webhooks were refused', refusedWebhooks === 0],
  ];
  return {
    table: rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    broken: promises.filter(([, isKept]) => !isKept).map(([name]) => name),
  };
}

function figuresOf(values: readonly number[], longest?: 1): string {
  const figures = [
    quantile(values, 0.5),
    quantile(values, 0.95),
    ...(longest === undefined ? [] : [quantile(values, 1)]),
  ];
  return figures.map((ms) => String(Math.round(ms))).join(' / ');
}

/** The smallest value that so many of all do not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
