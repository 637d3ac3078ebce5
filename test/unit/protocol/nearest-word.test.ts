import { expect, test } from 'vitest';
import { didYouMean, nearestWord } from '../../../src/protocol/nearest-word.ts';

const KNOWN = ['id', 'phoneNumbers', 'business', 'turnDetection', 'limits', 'voice'];

test.each([
  ['phoneNumber', 'phoneNumbers'],
  ['phone_numbers', 'phoneNumbers'],
  ['TURN-DETECTION', 'turnDetection'],
  ['busines', 'business'],
  ['bussiness', 'business'],
  ['liimts', 'limits'],
  ['vioce', 'voice'],
])('%s is likely %s', (written, meant) => {
  expect(nearestWord(written, KNOWN)).toBe(meant);
});

test.each(['surprise', 'a', '', '_', 'xd', `phoneNumbers${'x'.repeat(10_000)}`])(
  '%s is like nothing',
  (written) => {
    expect(nearestWord(written, KNOWN)).toBeUndefined();
    expect(didYouMean(written, KNOWN)).toBe('');
  },
);

test('nothing is near where nothing is known', () => {
  expect(nearestWord('voice', [])).toBeUndefined();
});
