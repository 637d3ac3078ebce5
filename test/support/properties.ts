import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type RunnerTestCase, TestRunner } from 'vitest';
import { type KeptCase, KeptCases } from './kept-cases.ts';
import { runs } from './night.ts';

const TESTS = fileURLToPath(new URL('../', import.meta.url));
const RUNS_BY_DAY = 100;
/** Longer values tell nobody more. */
const MAX_VALUE_CHARACTERS = 1000;

interface Tries {
  /** How many values are tried by day, 100 if nothing is said; ten times as many by night. */
  readonly runs?: number;
}

/**
 * Tries a property: first with every case that it has failed with before, then with values made by chance from the
 * seed of the run. A value that it fails with is made small, and kept as a case of its test.
 *
 * @throws Error with seed, path and the smallest value found; its cause is what the property has thrown
 */
interface Holds {
  <Ts>(property: fc.IAsyncProperty<Ts>, tries?: Tries): Promise<void>;
  <Ts>(property: fc.IProperty<Ts>, tries?: Tries): void;
}

/** Where a property stands. */
type Place = Pick<KeptCase, 'test' | 'property'> & { readonly testFile: string };

/** Keeps cases in a folder, unless `isKeeping` is false; tries those that are there in any case. */
export function propertyTrials(cases: KeptCases, isKeeping: boolean): Holds {
  function holds<Ts>(property: fc.IAsyncProperty<Ts>, tries?: Tries): Promise<void>;
  function holds<Ts>(property: fc.IProperty<Ts>, tries?: Tries): void;
  function holds<Ts>(property: fc.IRawProperty<Ts>, tries: Tries = {}): Promise<void> | void {
    const place = nextPlace();
    const kept = cases
      .of(place.testFile)
      .filter(({ test, property: nth }) => test === place.test && nth === place.property);
    const trials = [
      ...kept.map((one) => () => tryAgain(property, one, cases.fileOf(place.testFile))),
      () =>
        fc.assert(property, {
          numRuns: runs(tries.runs ?? RUNS_BY_DAY),
          reporter: (details) => {
            if (details.failed) throw failureOf(details, keep(property, place, details));
          },
        }),
    ];
    if (property.isAsync()) return inTurn(trials);
    for (const trial of trials) void trial();
  }

  function keep<Ts>(property: fc.IRawProperty<Ts>, place: Place, details: fc.RunDetails<Ts>): string {
    const { seed, counterexamplePath: path } = details;
    if (path === null) return 'It is not kept: there is no value to keep.';
    if (!isKeeping) return 'It is not kept: CI is set.';
    const { testFile, ...named } = place;
    cases.keep(testFile, { ...named, seed, path, value: textOf(valueAt(property, { seed, path })) });
    return `It is kept in ${fromHere(cases.fileOf(testFile))}, and tried first from now on: commit that with what mends it.`;
  }

  return holds;
}

/** The one door of the tests to fast-check's runs: see `Holds`. Nothing is written where `CI` is set. */
export const holds = propertyTrials(
  new KeptCases(fileURLToPath(new URL('../kept-cases', import.meta.url))),
  (process.env['CI'] ?? '') === '',
);

const counts = new WeakMap<RunnerTestCase, number>();

function nextPlace(): Place {
  const test = TestRunner.getCurrentTest<RunnerTestCase | undefined>();
  if (test === undefined)
    throw new Error('A property is tried within a test: its cases are kept by its name.');
  const property = (counts.get(test) ?? 0) + 1;
  counts.set(test, property);
  // A test that is tried again counts anew.
  if (property === 1) test.context.onTestFinished(() => void counts.delete(test));
  return { testFile: relative(TESTS, test.file.filepath), test: test.fullTestName, property };
}

function tryAgain<Ts>(property: fc.IRawProperty<Ts>, kept: KeptCase, file: string): Promise<void> | void {
  const value = valueAt(property, kept);
  const where = `It is a kept case, in ${fromHere(file)}.`;
  if (value === undefined || textOf(value) !== kept.value) {
    throw new Error(
      `The values of this property are made another way than when it failed with ${kept.value}: seed ${String(kept.seed)} and path "${kept.path}" do not lead there any more. Write that value down as a test of its own, and take the case away.\n${where}`,
    );
  }
  return fc.assert(property, {
    // The value alone: by its path, fast-check would try all that it comes to beside it, too.
    ...{ examples: [value], numRuns: 1, maxSkipsPerRun: 0, endOnFailure: true },
    reporter: (details) => {
      if (!details.failed) return;
      const { seed, path } = kept;
      const isTried = details.counterexamplePath !== null;
      throw failureOf(isTried ? { ...details, seed, counterexamplePath: path } : details, where);
    },
  });
}

function failureOf<Ts>(details: fc.RunDetails<Ts>, where: string): Error {
  return new Error(`${fc.defaultReportMessage(details) ?? ''}\n\n${where}`, { cause: details.errorInstance });
}

/**
 * The value that a seed and a path lead to, made anew: a property may have changed the one that it was given. Undefined
 * where they lead nowhere. (`fc.sample` makes other values of a property than its runs do.)
 */
function valueAt<Ts>(
  property: fc.IRawProperty<Ts>,
  { seed, path }: Pick<KeptCase, 'seed' | 'path'>,
): Ts | undefined {
  const failsAtOnce: fc.IRawProperty<Ts, false> = {
    isAsync: () => false,
    generate: (random, run) => property.generate(random, run),
    shrink: (value) => property.shrink(value),
    run: () => ({ error: undefined }),
    runBeforeEach: () => undefined,
    runAfterEach: () => undefined,
  };
  try {
    const found = fc.check(failsAtOnce, { seed, path, numRuns: 1, endOnFailure: true });
    return found.counterexample ?? undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown) => fc.stringify(value).slice(0, MAX_VALUE_CHARACTERS);

const fromHere = (file: string) => relative(process.cwd(), file);

async function inTurn(trials: readonly (() => Promise<void> | void)[]): Promise<void> {
  for (const trial of trials) await trial();
}
