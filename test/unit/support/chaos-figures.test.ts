import { expect, test } from 'vitest';
import type { Gap } from '../../support/chaos/chaos-caller.ts';
import { type ChaosMeasures, chaosReport } from '../../support/chaos/chaos-figures.ts';

/** One takes a millisecond longer than the one before, and every other one of them waits for the agent. */
const gapsFrom = (leastMs: number): Gap[] =>
  Array.from({ length: 99 }, (_, index) => ({
    ms: leastMs + index,
    waitedFor: index % 2 === 0 ? 'agent' : 'line',
    ...{ answeredMs: 100 + index, attachedMs: 130 + index },
  }));
const GOOD: ChaosMeasures = {
  ...{ kills: 3, calls: 20, losses: 100, endedCalls: 0, lostRows: 0, seenRows: 900 },
  ...{ duplicates: 0, effects: 12, refusedWebhooks: 0, replacementsMs: [120, 80, 200] },
  gaps: gapsFrom(1000),
};
const brokenOf = (changes: Partial<ChaosMeasures>) => chaosReport({ ...GOOD, ...changes }).broken;

test('a run of chaos keeps its promises when 99 of 100 calls went on within 2 s, and nothing was lost or done twice', () => {
  const { table, broken } = chaosReport(GOOD);
  expect(broken).toEqual([]);
  const shown = table.map((line) => line.split(/ {2,}/).filter((part) => part !== ''));
  expect(shown).toContainEqual(['calls that went on', '99.0 %']);
  expect(shown).toContainEqual(['gap, ms: p50 / p95 / longest', '1049 / 1094 / 1098']);
  expect(shown).toContainEqual(['worker replaced, ms: p50 / p95', '120 / 200']);
});

test('a run of chaos says what its gaps consist of', () => {
  const shown = chaosReport(GOOD).table.map((line) => line.split(/ {2,}/).filter((part) => part !== ''));
  expect(shown).toContainEqual(['until the carrier had its answer', '149 / 194 / 198']);
  expect(shown).toContainEqual(['from there to the next stream', '30 / 30 / 30']);
  expect(shown).toContainEqual(["from there to the agent's voice (50 waited for it)", '870 / 870 / 870']);
});

test('a run of chaos names each promise that it has broken', () => {
  expect(brokenOf({ gaps: GOOD.gaps.slice(1) })).toEqual(['fewer than 99 % of the calls went on']);
  expect(brokenOf({ gaps: gapsFrom(2000) })).toEqual(["the gap's p95 is above 2000 ms"]);
  expect(brokenOf({ lostRows: 1 })).toEqual(['entries that were seen are lost']);
  expect(brokenOf({ duplicates: 1 })).toEqual(['an effect was done twice']);
  expect(brokenOf({ refusedWebhooks: 1 })).toEqual(['webhooks were refused']);
  // A run that has proved nothing has not kept its promises.
  expect(brokenOf({ losses: 0, gaps: [] })).toEqual(['no worker was killed under a call']);
  expect(brokenOf({ effects: 0 })).toEqual(['nothing was booked or sent']);
  expect(brokenOf({ seenRows: 0 })).toEqual(['no entry was looked at']);
});
