import { expect, test } from 'vitest';
import { countAt, hashOf, momentOf } from '../../../console/timeline/moment.ts';
import { BEGAN_AT, logRows } from '../../support/log-rows.ts';

const rows = logRows(
  [0, 200, 9310, 9350, 60_000].map((ms) => ({ ms, way: 'phone > call', event: `at ${String(ms)}` })),
);

test.each([
  ['#t=9.4', 9400],
  ['#t=0', 0],
  ['#t=75.25', 75_250],
  ['', undefined],
  ['#page', undefined],
  ['#t=', undefined],
  ['#t=-1', undefined],
  ['#t=1e9', undefined],
  ['#t=9.4&x=1', undefined],
])('the address %j names the moment %s', (hash, ms) => {
  expect(momentOf(hash)).toBe(ms);
});

test('an address that is written for a row leads to that row or to one within the same tenth of a second', () => {
  for (const [index, { at }] of rows.entries()) {
    const count = countAt(rows, BEGAN_AT, momentOf(hashOf(at - BEGAN_AT)) ?? NaN);
    expect(count).toBeGreaterThan(index);
    expect((rows[count - 1]?.at ?? 0) - at).toBeLessThan(100);
  }
});

test('before the first row there is the first, after the last the last', () => {
  expect(countAt(rows, BEGAN_AT + 5, 0)).toBe(1);
  expect(countAt(rows, BEGAN_AT, 999_000)).toBe(rows.length);
});
