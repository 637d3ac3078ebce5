import { expect, test } from 'vitest';
import { refusalOfCall, refusalOfPlacing } from '../../../src/services/storage/rules/refusals.ts';

const NO_CEILINGS = { calls: null, modelMs: null, costMicros: null };
const day = (ceilings: Partial<Record<keyof typeof NO_CEILINGS, number>>, isBlocked = false) => ({
  isBlocked,
  sums: { calls: 3, modelMs: 1000, costMicros: 50 },
  ceilings: { ...NO_CEILINGS, ...ceilings },
});
const UNCOUNTED = { count: 99, ceiling: null };

/** A caller who has called so often within the hour. */
const inHour = (count: number, ceiling: number) => ({ atOnce: UNCOUNTED, inHour: { count, ceiling } });

test.each([
  [{ calls: 4, modelMs: 1001, costMicros: 51 }, undefined],
  [{ calls: 3, modelMs: 1000, costMicros: 50 }, 'day_calls'],
  [{ modelMs: 1000, costMicros: 50 }, 'day_minutes'],
  [{ costMicros: 50 }, 'day_cost'],
])('a day of 3 calls under the ceilings %j refuses the next as %s', (ceilings, cause) => {
  expect(refusalOfCall(day(ceilings), { atOnce: UNCOUNTED, inHour: UNCOUNTED })).toBe(cause);
  expect(refusalOfPlacing(day(ceilings), UNCOUNTED)).toBe(cause);
});

test('a blocked number is refused before anything is counted', () => {
  expect(refusalOfCall(day({ calls: 0 }, true), inHour(9, 1))).toBe('blocked');
  expect(refusalOfPlacing(day({ calls: 0 }, true), { count: 9, ceiling: 1 })).toBe('blocked');
});

test('a caller is refused at the ceiling of the hour, and a placing at that of the day, after the sums of the day', () => {
  expect(refusalOfCall(day({}), inHour(1, 2))).toBeUndefined();
  expect(refusalOfCall(day({}), inHour(2, 2))).toBe('caller_per_hour');
  expect(refusalOfPlacing(day({}), { count: 2, ceiling: 2 })).toBe('placed_per_day');
  expect(refusalOfCall(day({ calls: 3 }), inHour(2, 2))).toBe('day_calls');
});

test('a caller who has as many calls at once as may be is told so, however many there were within the hour', () => {
  const atOnce = (count: number) => ({ atOnce: { count, ceiling: 2 }, inHour: { count: 9, ceiling: 9 } });
  expect(refusalOfCall(day({}), atOnce(1))).toBe('caller_per_hour');
  expect(refusalOfCall(day({}), atOnce(2))).toBe('caller_at_once');
});
