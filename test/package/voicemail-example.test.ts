import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyCheckout } from '../../scripts/example/checkout-copy.ts';
import { addExample, exampleOf, filesOf } from '../../scripts/example/example.ts';
import { isNight, patience } from '../support/night.ts';

/** Types from nothing, and some paths: a minute, and slow machines take their time. */
const PATIENCE_MS = patience(600_000);

const WHAT_TO_DO = `The checkout has moved on under examples/voicemail, the example of "Adding a state". Make it anew:

  npm run example -- voicemail /tmp/voicemail          a copy of the checkout with the example, conflicts marked
  …                                                    resolve them there; see that what follows passes
  npm run example -- voicemail /tmp/voicemail --take   writes examples/voicemail from it

Where a quoted line has changed, test/docs/state-guide.test.ts says where the guide quotes it.
`;

const example = exampleOf('voicemail');
const root = resolve('.');
const copy = mkdtempSync(join(tmpdir(), 'callchart-example-'));
/** What the compiler has found out of files that have not changed since: by their contents, so that it holds for each copy. */
const KNOWN_TYPES = 'node_modules/.cache/callchart-example/types.tsbuildinfo';

/** By night all of it is walked; by day, of all kinds of calls, the one that the example adds. */
const OF_THE_EXAMPLE = '^(?!a call (?!after hours)|all kinds of calls together)';

const TESTS = [
  'test/machines/chart-lint.test.ts',
  'test/machines/call.paths.test.ts',
  'test/machines/recorded-calls.test.ts',
  'test/unit/protocol/call-feed.test.ts',
  ...['statecharts', 'gaps', 'reference', 'agent-profile-schema'].map((page) => `test/docs/${page}.test.ts`),
  ...filesOf(root, example).filter((path) => path.endsWith('.test.ts')),
];

/** Runs a tool of the copy to its end, as somebody who begins there: nothing of this run's environment. */
async function run(tool: string, ...words: string[]): Promise<string> {
  const { PATH, HOME, SEED, NIGHT } = process.env;
  const child = spawn(join(copy, 'node_modules/.bin', tool), words, {
    cwd: copy,
    env: { PATH, HOME, ...(SEED !== undefined && { SEED }), ...(NIGHT !== undefined && { NIGHT }) },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => (told += part.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return told;
  throw new Error(`${WHAT_TO_DO}\n${[tool, ...words].join(' ')} ended with ${String(code)}:\n${told}`);
}

function carry(path: string, from: string, to: string): void {
  if (!existsSync(join(from, path))) return;
  mkdirSync(dirname(join(to, path)), { recursive: true });
  cpSync(join(from, path), join(to, path));
}

beforeAll(() => {
  copyCheckout(root, copy);
  carry(KNOWN_TYPES, root, copy);
}, PATIENCE_MS);

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

test('the example of a voicemail fits the checkout', () => {
  expect(() => {
    addExample(root, copy, example);
  }, WHAT_TO_DO).not.toThrow();
});

describe.concurrent('a checkout with the example', () => {
  test(
    'a checkout with the voicemail example has no type that is wrong',
    { timeout: PATIENCE_MS },
    async () => {
      await run('tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', KNOWN_TYPES);
      carry(KNOWN_TYPES, copy, root);
    },
  );

  test(
    'a checkout with the voicemail example has its pages drawn; its chart is sound, and keeps every law',
    { timeout: PATIENCE_MS },
    async () => {
      await run('tsx', 'scripts/draw-statecharts.ts');
      await run('tsx', 'scripts/write-reference.ts');
      const told = await run('vitest', 'run', ...TESTS, ...(isNight ? [] : ['-t', OF_THE_EXAMPLE]));
      expect(told).toMatch(new RegExp(`Test Files .*${String(TESTS.length)} passed`));
    },
  );
});
