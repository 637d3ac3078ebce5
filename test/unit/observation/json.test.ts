import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsToJson, toJson } from '../../../src/observation/json.ts';
import { holds } from '../../support/properties.ts';

describe('toJson', () => {
  test('toJson survives JSON unchanged, whatever the value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withTypedArray: true,
    });
    holds(
      fc.property(anything, (value) => {
        const json = toJson(value);
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      }),
      { runs: 1000 },
    );
  });

  test('toJson leaves plain JSON as it is', () => {
    holds(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.stringify(toJson(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  test('toJson keeps the code of an error and the length of bytes', () => {
    const error = Object.assign(new Error('gone'), { code: 'ECONNRESET' });
    expect(toJson({ error, audio: new Uint8Array(160) })).toEqual({
      error: { name: 'Error', message: 'gone', code: 'ECONNRESET' },
      audio: '[160 bytes]',
    });
  });

  test('toJson ends a loop where it closes', () => {
    const loop: { self?: unknown; id: number } = { id: 1 };
    loop.self = loop;
    expect(toJson(loop)).toEqual({ id: 1, self: '[circular]' });
  });

  test('toJson shows the same object twice when it is not a loop', () => {
    const item = { id: 1 };
    expect(toJson([item, item])).toEqual([{ id: 1 }, { id: 1 }]);
  });
});

describe('fieldsToJson', () => {
  test('fieldsToJson leaves out the field that is named', () => {
    expect(fieldsToJson({ type: 'digit.pressed', digit: '1' }, 'type')).toEqual({ digit: '1' });
  });
});
