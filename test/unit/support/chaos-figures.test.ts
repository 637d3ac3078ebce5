import { expect, test } from 'vitest';
import { type ChaosMeasures, chaosReport } from '../../support/chaos/chaos-figures.ts';

const GOOD: ChaosMeasures = {
  ...{ kills: 3, calls: 20, losses: 100, endedCalls: 0, lostRows: 0, seenRows: 900 },
  ...{ duplicates: 0, effects: 12, refusedWebhooks: 0, replacementsMs: [120, 80, 200] },
  gapsMs: Array.from({ length: 99 }, (_, index) => 1000 + index),
};
const brokenOf = (changes: Partial<ChaosMeasures>) => chaosReport({ ...GOOD, ...changes }).broken;

test('a run of chaos keeps its promises when 99 of 100 calls went on within 2 s, and nothing was lost or done twice', () => {
  const { table, broken } = chaosReport(GOOD);
  expect(broken).toEqual([]);
  expect(table).toContain('calls that went on                99.0 %');
  expect(table).toContain('gap, ms: p50 / p95 / longest      1049 / 1094 / 1098');
  expect(table).toContain('worker replaced, ms: p50 / p95    120 / 200');
});

test('a run of chaos names each promise that it has broken', () => {
  expect(brokenOf({ gapsMs: GOOD.gapsMs.slice(1) })).toEqual(['fewer than 99 % of the calls went on']);
  expect(brokenOf({ gapsMs: GOOD.gapsMs.map((ms) => ms + 1000) })).toEqual([
    "the gap's p95 is above 2000 ms",
  ]);
  expect(brokenOf({ lostRows: 1 })).toEqual(['entries that were seen are lost']);
  expect(brokenOf({ duplicates: 1 })).toEqual(['an effect was done twice']);
  expect(brokenOf({ refusedWebhooks: 1 })).toEqual(['webhooks were refused']);
  // A run that has proved nothing has not kept its promises.
  expect(brokenOf({ losses: 0, gapsMs: [] })).toEqual(['no worker was killed under a call']);
  expect(brokenOf({ effects: 0 })).toEqual(['nothing was booked or sent']);
  expect(brokenOf({ seenRows: 0 })).toEqual(['no entry was looked at']);
});
