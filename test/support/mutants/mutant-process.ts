/** Tries mutants, one after the other, as its parent names them: `Trial` in, `Verdict` out. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node';
import { MUTANT_VARIABLE, type Trial, type Verdict } from './mutant-messages.ts';
import { mutatedCharts } from './vite-plugin.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Notices most, in a second. */
const isBest = ({ moduleId }: TestSpecification) => basename(moduleId) === 'known-walks.test.ts';
/** These explore the whole chart of a call; all others together take some seconds. */
const isSlow = ({ moduleId }: TestSpecification) => /^call\.(paths|space)\./.test(basename(moduleId));
const rankOf = (file: TestSpecification) => (isBest(file) ? 0 : isSlow(file) ? 2 : 1);

const vitest = await createVitest(
  'test',
  {
    root: ROOT,
    // The suite's own has parts of its own, which would run instead.
    config: false,
    setupFiles: ['test/support/seed.ts'],
    // What a broken chart makes a property fail with is no case to keep.
    env: { CI: 'true' },
    testTimeout: 30_000,
    include: ['test/machines/**/*.test.ts'],
    watch: false,
    pool: 'forks',
    // Explorations leave much behind: a small nursery takes half of the time to clear.
    execArgv: ['--max-semi-space-size=128'],
    maxWorkers: 1,
    bail: 1,
    silent: true,
    reporters: [{}],
  },
  { plugins: [mutatedCharts()] },
);
const files = (await vitest.globTestSpecifications()).toSorted((one, other) => rankOf(one) - rankOf(other));

async function verdictOn({ mutant, isQuick }: Trial): Promise<Verdict> {
  process.env[MUTANT_VARIABLE] = mutant ?? '';
  for (const file of isQuick ? files.filter((each) => !isSlow(each)) : files) {
    // It counts the failed tests of what ran before, too, and would bail out of this run at once.
    vitest.state.idMap.clear();
    vitest.state.filesMap.clear();
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([file]);
    const problem = testModules.map(problemOf).find((found) => found !== undefined);
    if (problem !== undefined) return problem;
    // Not of a test: the process of the tests did not start, or is gone.
    if (unhandledErrors.length > 0 || testModules.length === 0) return { noticedBy: undefined, isLate: true };
  }
  return { noticedBy: undefined, isLate: false };
}

function problemOf(module: TestModule): Verdict | undefined {
  const isWhole = [...module.children.allTests()].every((one) => one.result().state === 'passed');
  if (module.state() === 'passed' && isWhole) return undefined;
  const test = [...module.children.allTests('failed')][0];
  const errors = test?.result().errors ?? module.errors();
  const isLate = errors.length === 0 || errors.some(({ message }) => message.includes('timed out'));
  return { noticedBy: test?.fullName ?? module.relativeModuleId, isLate };
}

// The leader of a group: what still runs of a trial ends with its parent, also where it never rests.
process.on('disconnect', () => {
  process.kill(-process.pid, 'SIGKILL');
});

// One trial at a time: the parent waits for the verdict.
process.on('message', (trial: Trial) => {
  verdictOn(trial).then(
    (verdict) => process.send?.(verdict),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
