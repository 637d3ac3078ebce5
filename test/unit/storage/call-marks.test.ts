import { expect, test } from 'vitest';
import { marksToFind, markOf } from '../../../src/services/storage/folds/call-marks.ts';

test.each([
  ['555', ['d555']],
  ['5551', ['d555', 'd551']],
  ['55512', ['d555', 'd512']],
  ['555123', ['d555', 'd123']],
  ['12025550123', ['d120', 'd255', 'd501', 'd123']],
])('the number %s is looked for by as few parts as all its digits are in', (digits, marks) => {
  expect(marksToFind(digits)).toEqual(marks);
  expect(markOf.digits(digits)).toEqual(expect.arrayContaining(marks));
});
