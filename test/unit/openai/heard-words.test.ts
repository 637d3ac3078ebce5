import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textOf, wordsUpTo } from '../../../src/services/openai/memory/heard-words.ts';
import { holds } from '../../support/properties.ts';

describe('the words heard', () => {
  const pieces = [
    { text: 'We are open ', atMs: 0 },
    { text: 'from nine to ', atMs: 1000 },
    { text: 'five daily.', atMs: 2000 },
  ];

  test('the words heard end where a whole word does', () => {
    expect(wordsUpTo(pieces, 1500, 3000)).toBe('We are open from');
  });

  test('the words heard hold nothing that came later than the audio heard', () => {
    expect(wordsUpTo([...pieces, { text: ' And so on.', atMs: 3000 }], 1000, 1200)).toBe('We are open');
  });

  test('the words heard are all of them at the end, and none at the beginning', () => {
    expect(wordsUpTo(pieces, 3000, 3000)).toBe('We are open from nine to five daily.');
    expect(wordsUpTo(pieces, 0, 3000)).toBe('');
    expect(wordsUpTo([], 500, 1000)).toBe('');
  });

  test('the words heard are found in languages without spaces', () => {
    const said = wordsUpTo([{ text: '我们每天九点开门', atMs: 0 }], 500, 1000);
    expect(said.length).toBeGreaterThan(0);
    expect('我们每天九点开门'.startsWith(said)).toBe(true);
    expect(said.length).toBeLessThanOrEqual(4);
  });

  test('the words heard are a beginning of the text, never a larger part of it than of the audio, and grow with time', () => {
    const piece = fc.record({
      text: fc.stringMatching(/^[a-z ]{0,12}$/),
      atMs: fc.nat(5000),
    });
    holds(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(6000), fc.nat(6000), (unsorted, one, other) => {
        const all = unsorted.toSorted((a, b) => a.atMs - b.atMs);
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        const receivedMs = 5000;
        const heard = wordsUpTo(all, early, receivedMs);
        const text = textOf(all);
        expect(text.trimStart().startsWith(heard)).toBe(true);
        expect(heard.length).toBeLessThanOrEqual((text.length * early) / receivedMs);
        expect(wordsUpTo(all, late, receivedMs).length).toBeGreaterThanOrEqual(heard.length);
      }),
    );
  });
});
