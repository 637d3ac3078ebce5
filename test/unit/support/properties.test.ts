import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeptCase, KeptCases } from '../../support/kept-cases.ts';
import { runs } from '../../support/night.ts';
import { propertyTrials } from '../../support/properties.ts';

const HERE = 'unit/support/properties.test.ts';

let folder: string;
let cases: KeptCases;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callchart-kept-cases-'));
  cases = new KeptCases(folder);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What a trial throws. */
const failureOf = (trial: () => unknown): Error => {
  try {
    trial();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing has failed');
};

const below = (limit: number, seen: number[] = []) =>
  fc.property(fc.nat(), (n) => {
    seen.push(n);
    expect(n).toBeLessThan(limit);
  });

describe('a property', () => {
  test('a property that fails is kept with its smallest value, under the name of its test', () => {
    const holds = propertyTrials(cases, true);
    const error = failureOf(() => {
      holds(below(1000));
    });
    const [kept] = cases.of(HERE);
    expect(kept).toMatchObject({
      test: 'a property > a property that fails is kept with its smallest value, under the name of its test',
      property: 1,
      value: '[1000]',
    });
    const printed = `{ seed: ${String(kept?.seed)}, path: ${JSON.stringify(kept?.path)}, endOnFailure: true }`;
    expect(error.message).toContain(printed);
    expect(error.message).toContain('Counterexample: [1000]');
    expect(error.message).toContain(`${HERE}.json, and tried first from now on`);
    expect(error.cause).toMatchObject({ message: expect.stringContaining('less than 1000') as string });
  });

  test('a property that fails a second time for the same value is one case', () => {
    const found = { test: 'one', property: 1, seed: 1, path: '0', value: '[1]' };
    cases.keep(HERE, found);
    cases.keep(HERE, { ...found, seed: 2 });
    cases.keep(HERE, { ...found, property: 2 });
    expect(cases.of(HERE)).toEqual([found, { ...found, property: 2 }]);
    expect(cases.testFiles()).toEqual([HERE]);
  });

  test('a property that fails in CI is told, and not kept', () => {
    const holds = propertyTrials(cases, false);
    const { message } = failureOf(() => {
      holds(below(1000));
    });
    expect(message).toContain('It is not kept: CI is set.');
    expect(cases.testFiles()).toEqual([]);
  });

  test('a property that has no values is told, and not kept', () => {
    const holds = propertyTrials(cases, true);
    const { message } = failureOf(() => {
      holds(
        fc.property(fc.nat(), () => {
          fc.pre(false);
        }),
      );
    });
    expect(message).toContain('there is no value to keep');
    expect(cases.testFiles()).toEqual([]);
  });

  test('a property that changes its value is kept with the value that it was given', () => {
    const holds = propertyTrials(cases, true);
    failureOf(() => {
      holds(
        fc.property(fc.array(fc.nat(), { minLength: 1 }), (numbers) => {
          numbers.length = 0;
          expect(numbers).toHaveLength(1);
        }),
      );
    });
    expect(cases.of(HERE)).toMatchObject([{ value: expect.stringMatching(/^\[\[\d+/) as string }]);
  });

  test('a property is tried as often as it says, and ten times as often by night', () => {
    const seen: number[] = [];
    const holds = propertyTrials(cases, true);
    holds(below(Infinity, seen), { runs: 7 });
    holds(below(Infinity, seen));
    expect(seen).toHaveLength(runs(107));
  });
});

describe('a kept case', () => {
  /** Has a first property of the running test fail, and keeps that as a case of the second one, or of the `nth`. */
  const keep = (limit: number, nth = 2): KeptCase => {
    const found = new KeptCases(join(folder, 'found'));
    failureOf(() => {
      propertyTrials(found, true)(below(limit));
    });
    const [first] = found.of(HERE);
    if (first === undefined) throw new Error('nothing was kept');
    const kept = { ...first, property: nth };
    cases.keep(HERE, kept);
    return kept;
  };

  test('a kept case is tried first, once', () => {
    keep(123_456);
    const seen: number[] = [];
    propertyTrials(cases, true)(below(Infinity, seen), { runs: 5 });
    expect(seen[0]).toBe(123_456);
    expect(seen).toHaveLength(1 + runs(5));
  });

  test('a kept case is tried first of a property that waits', async () => {
    keep(123_456);
    const seen: number[] = [];
    const property = fc.asyncProperty(fc.nat(), async (n) => {
      await Promise.resolve();
      seen.push(n);
    });
    await propertyTrials(cases, true)(property, { runs: 5 });
    expect(seen[0]).toBe(123_456);
    expect(seen).toHaveLength(1 + runs(5));
  });

  test('a kept case that fails again is told with its own seed and path, and ends the test', async () => {
    const { seed, path } = keep(123_456);
    const seen: number[] = [];
    const property = fc.asyncProperty(fc.nat(), async (n) => {
      await Promise.resolve();
      seen.push(n);
      expect(n).not.toBe(123_456);
    });
    const trial = propertyTrials(cases, true)(property);
    await expect(trial).rejects.toThrow(`{ seed: ${String(seed)}, path: "${path}", endOnFailure: true }`);
    expect(seen).toEqual([123_456]);
  });

  test('a kept case belongs to one of several properties of a test', () => {
    keep(123_456, 3);
    const seen: number[][] = [[], []];
    const holds = propertyTrials(cases, true);
    holds(below(Infinity, seen[0]), { runs: 5 });
    holds(below(Infinity, seen[1]), { runs: 5 });
    expect(seen.map(({ length }) => length)).toEqual([runs(5), 1 + runs(5)]);
  });

  test('a kept case whose property makes other values now is told, and not passed over', () => {
    keep(123_456);
    const words = fc.property(fc.string(), () => undefined);
    const { message } = failureOf(() => {
      propertyTrials(cases, true)(words);
    });
    expect(message).toContain('than when it failed with [123456]');
  });

  test('a kept case whose property does not want it any more is told, and not passed over', () => {
    keep(123_456);
    const others = fc.property(fc.nat(), (n) => {
      fc.pre(n !== 123_456);
    });
    const { message } = failureOf(() => {
      propertyTrials(cases, true)(others);
    });
    expect(message).toContain('too many pre-condition failures');
    expect(message).toContain(`It is a kept case, in `);
  });

  test('a file of kept cases that holds something else is refused', () => {
    keep(123_456);
    const file = cases.fileOf(HERE);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed"', '"sed"'));
    expect(() => cases.of(HERE)).toThrow('sed');
  });
});
