import { expect, test } from 'vitest';
import { howItFailed } from '../../../console/parts/how-it-failed.ts';

test.each([
  ['failed', 'This call failed'],
  ['lost', 'This call was lost'],
  // A call that goes on, and fails all the same.
  [null, 'This call failed'],
])('the page of a call that ended as %s says: %s', (endReason, words) => {
  expect(howItFailed({ endReason })).toBe(words);
});
