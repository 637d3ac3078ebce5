import { expect, test } from 'vitest';
import { jsonFaultAt } from '../../../src/cli/json-place.ts';

test.each([
  ['{"a":1}', undefined],
  ['{"a":}', 5],
  ["{'a':1}", 1],
  ['{"a":1,}', 7],
  ['{"a":"x"', 8],
  ['{"a":"x', 7],
  ['{"a":1} b', 8],
  ['nonsense', 1],
  ['', 0],
])('%s is at fault at %s', (text, at) => {
  expect(jsonFaultAt(text)).toBe(at);
});
