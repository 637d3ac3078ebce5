import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortResult } from '../../../src/services/tools/short-result.ts';
import { holds } from '../../support/properties.ts';

test('a result for the model is left alone when it fits', () => {
  const result = { a: 'x', b: [1, 2], c: null, d: undefined };
  expect(shortResult(result, 100)).toEqual({ result, shortened: [] });
});

test('a result for the model is cut at its largest field, and keeps the beginning of a text or a list', () => {
  const big = {
    text: 'x'.repeat(300),
    list: Array.from({ length: 100 }, (_, n) => n),
    deep: { a: 1, b: 'y'.repeat(250) },
  };
  const { result, shortened } = shortResult({ id: 'a1', ...big }, 400);
  expect([...shortened].sort()).toEqual(['deep', 'list', 'text']);
  expect(result['id']).toBe('a1');
  expect(result['text']).toMatch(/^x+…$/);
  expect(result['list']).toEqual(big.list.slice(0, (result['list'] as number[]).length));
  expect(result['deep']).toMatchObject({ a: 1, b: expect.stringMatching(/^y+…$/) as string });
});

test('a result for the model always fits, ends, and never cuts a character in half: for any JSON', () => {
  holds(
    fc.property(
      fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })),
      fc.integer({ min: 2, max: 300 }),
      (result, maxBytes) => {
        const fitted = shortResult(result, maxBytes);
        expect(Buffer.byteLength(JSON.stringify(fitted.result))).toBeLessThanOrEqual(maxBytes);
        for (const field of Object.keys(fitted.result)) expect(Object.keys(result)).toContain(field);
      },
    ),
  );
});
