import { defineConfig } from 'vitest/config';
import { builtThreads } from './test/support/built-threads.ts';
import { FailedFiles } from './test/support/failed-files.ts';
import { patience, seed } from './test/support/night.ts';
import { SeedLine } from './test/support/seed-line.ts';

/** Read the environment and the working directory of their process, so each has one of its own. */
const WITH_A_PROCESS = ['test/unit/cli/**', 'test/unit/config/**', 'test/unit/support/**'];

/** Tests that measure how long something takes, or how old it is. */
const WITH_REAL_TIME = [
  'test/contract/sockets/limits.test.ts',
  'test/contract/storage/erasure.test.ts',
  'test/contract/storage/many-calls.test.ts',
  'test/contract/twilio-rest/**',
  'test/unit/tools/tool-output.test.ts',
];

/** Simulations whose time is a virtual clock, or does not matter. */
const WITHOUT_REAL_TIME = [
  'audio-line',
  'barge-ins',
  'crash',
  'crash-points',
  'failing-responses',
  'fault-matrix',
  'filler',
  'goodbye',
  'greeting',
  'keypad',
  'killed-calls',
  'language',
  'latency',
  'racing-bookings',
  'replay',
  'silence',
  'spoken-words',
  'tool-scripts.laws',
  'turn-taking.laws',
  'unfinished-calls.laws',
  'unread-output',
].map((name) => `test/simulation/${name}.test.ts`);

/** Real calls, pages and processes that are waited for, and whose own time is not measured: mostly idle. */
const WAITING = [
  'test/browser/**',
  'test/replay/**',
  ...[
    'audited-engine',
    'backup',
    'call-metrics',
    'card-numbers',
    'carrier-unknowns',
    'chaos',
    'counted-faults',
    'date-set',
    'engine-metrics',
    'examples',
    'last-exception',
    'outbound-calls',
    'own-tools',
    'proxies',
    'read-back',
    'recordings',
    'refused-calls',
    'refused-key',
    'replaced-sessions',
    'rotated-sessions',
    'storage-process',
    'tool-outcomes',
    'two-engines',
    'typed-words',
  ].map((name) => `test/simulation/${name}.test.ts`),
];

/** What runs when: CONTRIBUTING.md tells why, and how long each takes. */
const PARTS = [
  {
    name: 'pure',
    include: ['test/unit/**'],
    exclude: [...WITH_A_PROCESS, ...WITH_REAL_TIME],
    isolate: false,
  },
  {
    name: 'side-by-side',
    include: [...WITH_A_PROCESS, 'test/{contract,docs,machines,mutants,package}/**', ...WITHOUT_REAL_TIME],
    exclude: WITH_REAL_TIME,
    isolate: true,
  },
  {
    name: 'waiting',
    include: WAITING,
    isolate: true,
    maxWorkers: 2,
  },
  {
    name: 'real-time',
    // A new folder, and a new simulation, are here until somebody says that they need not be.
    include: ['test/!(unit|contract|docs|machines|mutants|package)/**', ...WITH_REAL_TIME],
    exclude: [...WITHOUT_REAL_TIME, ...WAITING],
    isolate: true,
    maxWorkers: 1,
  },
];

export default defineConfig({
  plugins: [builtThreads()],
  test: {
    globalSetup: ['test/support/build-sources.ts'],
    setupFiles: ['test/support/seed.ts'],
    reporters: [new SeedLine(), new FailedFiles(), 'default'],
    // One seed for all workers, and for the runs of tests that tests start.
    env: { SEED: String(seed) },
    maxWorkers: '100%',
    // Ends what hangs; says nothing about speed. A busy machine takes its time.
    testTimeout: patience(30_000),
    hookTimeout: patience(30_000),
    expect: { poll: { timeout: patience(15_000) } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'console/**/*.{ts,tsx}'],
      // In %. What `pure` alone reaches, so a floor of the whole run's: raise it to what `npm run coverage` measures.
      thresholds: { statements: 64, branches: 56, functions: 59, lines: 65 },
    },
    projects: PARTS.map(({ include, ...part }, groupOrder) => ({
      extends: true,
      test: {
        ...part,
        include: include.map((glob) => glob.replace(/\*\*$/, '**/*.test.ts')),
        sequence: { groupOrder },
      },
    })),
  },
});
