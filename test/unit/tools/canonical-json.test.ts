import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/services/tools/canonical-json.ts';
import { holds } from '../../support/properties.ts';

test('canonical JSON is equal for equal values, in whatever order their keys were written', () => {
  expect(canonicalJson({ b: 1, a: { d: [1, { y: 1, x: 2 }], c: undefined } })).toBe(
    '{"a":{"d":[1,{"x":2,"y":1}]},"b":1}',
  );
});

test('canonical JSON tells different values apart, and is JSON of the value: for any JSON', () => {
  holds(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
