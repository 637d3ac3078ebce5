import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, merge, type Span, subtract } from '../../../src/services/tools/diary/spans.ts';
import { holds } from '../../support/properties.ts';

const spans = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 })).map(([startMs, length]) => ({
    startMs,
    endMs: startMs + length,
  })),
  { maxLength: 8 },
);

/** The law of all three, millisecond by millisecond. */
const covers = (list: readonly Span[], ms: number) =>
  list.some(({ startMs, endMs }) => startMs <= ms && ms < endMs);

test('merging spans keeps the same time, in order and apart', () => {
  holds(
    fc.property(spans, (list) => {
      const merged = merge(list);
      for (let ms = 0; ms < 60; ms++) expect(covers(merged, ms)).toBe(covers(list, ms));
      merged.forEach(({ startMs }, index) => {
        expect(startMs).toBeGreaterThan(merged[index - 1]?.endMs ?? -1);
      });
    }),
  );
});

test('subtracting spans leaves exactly what is in the one and not in the other', () => {
  holds(
    fc.property(spans, spans, (list, taken) => {
      const left = subtract(list, taken);
      for (let ms = 0; ms < 60; ms++) expect(covers(left, ms)).toBe(covers(list, ms) && !covers(taken, ms));
    }),
  );
});

test('clipping spans leaves exactly what is in the window', () => {
  holds(
    fc.property(
      spans,
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      (list, startMs, length) => {
        const window = { startMs, endMs: startMs + length };
        const clipped = clip(list, window);
        for (let ms = 0; ms < 60; ms++) {
          expect(covers(clipped, ms)).toBe(covers(list, ms) && covers([window], ms));
        }
      },
    ),
  );
});
