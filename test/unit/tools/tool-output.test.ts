import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { done, fail, refuse, uncertain } from '../../../src/services/tools/tool-answer.ts';
import { misread, outcomeOf, repeated } from '../../../src/services/tools/tool-output.ts';
import type { Answer } from '../../support/tool-call.ts';
import { holds } from '../../support/properties.ts';

const MAX_BYTES = 8192;

const read = (output: string) => JSON.parse(output) as Answer;
const bytesOf = (output: string) => Buffer.byteLength(output);

/** As deep as that, and no text of it: `JSON.stringify` runs out of stack. */
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const list = <Item>(length: number, item: (index: number) => Item) =>
  Array.from({ length }, (_, n) => item(n));
const slots = (count: number) =>
  Object.fromEntries(list(count, (n) => [`slot${String(n)}`, '2026-03-10T10:00']));

/** Answers of far ends of about 256 KB, as a webhook reads at most. */
const LARGE: readonly [what: string, result: Record<string, unknown>][] = [
  ['many fields', slots(7500)],
  ['many tiny fields', Object.fromEntries(list(22_000, (n) => [n.toString(36) + 'x', 1]))],
  ['a list of rows', { slots: list(6000, (id) => ({ id, at: '2026-03-10T10:00' })) }],
  ['rows within rows', { days: Object.fromEntries(list(28, (n) => [`day${String(n)}`, slots(300)])) }],
  ['one text', { notes: 'word '.repeat(52_000) }],
  ['texts', { notes: list(60, () => 'x'.repeat(4300)) }],
  ['numbers', { numbers: list(50_000, (n) => n) }],
  ['nothing, often', { list: list(85_000, () => ({})) }],
  ['quotes and pictures', { text: '😀"'.repeat(40_000) }],
  ['control characters', { text: '\u0000\u001b'.repeat(130_000), more: 'x'.repeat(9000) }],
  ['one long name', { ['n'.repeat(250_000)]: 1, id: 'a1' }],
  ['brackets', { tree: nested(130_000), id: 'a1' }],
];

/** As large, of all kinds of values: what it costs to be parsed is the pace of this machine. */
const PARSED = JSON.stringify(
  list(3700, (id) => ({ id, at: '2026-03-10T10:00', words: ['one', 'two', 'three'] })),
);

/** The quickest of some runs, in ms. */
const costOf = (run: () => void): number =>
  Math.min(
    ...list(12, () => {
      const before = performance.now();
      run();
      return performance.now() - before;
    }),
  );

describe('a large answer', () => {
  test.each(LARGE)(
    'a large answer of %s is valid JSON of at most 8192 bytes, repeated too',
    (_what, result) => {
      for (const answer of [done(result), refuse('Closed on Sundays.', result)]) {
        const outcome = outcomeOf(answer);
        expect(bytesOf(outcome.output)).toBeLessThanOrEqual(MAX_BYTES);
        expect(read(outcome.output)).toMatchObject({ status: answer.status });
        const again = repeated(outcome);
        expect(bytesOf(again.output)).toBeLessThanOrEqual(MAX_BYTES);
        expect(read(again.output)).toEqual({ ...read(outcome.output), repeated: true });
      }
    },
  );

  test.each(LARGE)(
    'a large answer of %s costs no more than ten times its size costs to be parsed',
    (_what, result) => {
      const answer = done(result);
      const parsed = costOf(() => void JSON.parse(PARSED));
      expect(costOf(() => void outcomeOf(answer))).toBeLessThan(10 * parsed);
    },
  );

  test.each(LARGE)('a large answer of %s says what was cut, and keeps what is short', (_what, result) => {
    const { shortened, result: told } = read(outcomeOf(done({ ...result, here: 'a1', now: 7 })).output);
    expect(shortened?.length).toBeGreaterThan(0);
    if (Object.keys(result).length < 100) expect(told).toMatchObject({ here: 'a1', now: 7 });
  });

  test('a large answer uses most of the room that there is', () => {
    for (const [what, result] of LARGE.slice(0, 5)) {
      expect(bytesOf(outcomeOf(done(result)).output), what).toBeGreaterThan(MAX_BYTES * 0.85);
    }
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ maxLength: 30 }).map((text) => text.repeat(300)),
  fc.constantFrom('\u0000', '\ud83d', '\udc00x', '\n\t"\\', '__proto__', 'toJSON'),
);
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 40 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 40 }),
  ),
})).value;
const anyFields = fc.dictionary(anyText, anyJson, { maxKeys: 60 });

describe('any answer', () => {
  test('any answer is valid JSON of at most 8192 bytes', () => {
    holds(
      fc.property(anyFields, anyText, (result, reason) => {
        for (const answer of [
          done(result),
          refuse(reason, result),
          fail('TOOL_STATUS', reason),
          uncertain(reason),
        ]) {
          const outcome = repeated(outcomeOf(answer));
          expect(bytesOf(outcome.output)).toBeLessThanOrEqual(MAX_BYTES);
          expect(read(outcome.output).repeated).toBe(true);
          expect(outcome.output).not.toMatch(/\\u00[01]|\\ud[89a-f]/i);
        }
      }),
    );
  });

  test('any answer that is short enough stands as it is', () => {
    holds(
      fc.property(fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 })), (result) => {
        fc.pre(Buffer.byteLength(JSON.stringify(result)) < 8000);
        const { result: told, shortened } = read(outcomeOf(done(result)).output);
        expect(told).toEqual(JSON.parse(JSON.stringify(result)));
        expect(shortened).toBeUndefined();
      }),
    );
  });

  test('an answer of a tool in JavaScript is read as JSON reads it, and never throws', () => {
    const circle: Record<string, unknown> = { id: 'a1' };
    circle['itself'] = circle;
    const odd = {
      at: new Date(0),
      many: 12n,
      nothing: undefined,
      run: () => 1,
      not: Number.NaN,
      list: [undefined],
    };
    expect(read(outcomeOf(done(odd)).output).result).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      many: '12',
      not: null,
      list: [null],
    });
    const { result, shortened } = read(outcomeOf(done(circle)).output);
    expect(result).toMatchObject({ id: 'a1' });
    expect(shortened).toEqual(['itself']);
  });

  test('an answer with many problems is short, too', () => {
    const problems = list(8, () => ({ path: '"'.repeat(200), problem: '\u2028'.repeat(200) }));
    const { output } = misread(problems);
    expect(bytesOf(output)).toBeLessThanOrEqual(MAX_BYTES);
    expect(read(output).problems?.length).toBeGreaterThan(2);
  });
});

test('an outcome of an engine that wrote more is cut when it is told again', () => {
  const output = JSON.stringify({ status: 'ok', result: slots(600), shortened: Object.keys(slots(900)) });
  const again = repeated({ status: 'ok', output });
  expect(bytesOf(again.output)).toBeLessThanOrEqual(MAX_BYTES);
  expect(read(again.output)).toMatchObject({ status: 'ok', repeated: true });
});
