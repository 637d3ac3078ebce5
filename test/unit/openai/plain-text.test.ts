import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainText } from '../../../src/services/openai/wire/plain-text.ts';
import { holds } from '../../support/properties.ts';

const letter = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 1, arbitrary: fc.nat(255) },
);

test('text is plain when JSON takes every byte of it as it stands, wherever it lies', () => {
  holds(
    fc.property(fc.array(letter, { maxLength: 40 }), fc.nat(7), (bytes, before) => {
      const text = Buffer.from([...Array.from({ length: before }, () => 0), ...bytes, 0]);
      const isPlain = bytes.every((byte) => byte >= 0x20 && byte < 0x80 && byte !== 0x5c);
      expect(isPlainText(text, before, before + bytes.length)).toBe(isPlain);
    }),
    { runs: 2000 },
  );
});
