import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtPath } from '../support/built-sources.ts';

interface ThreadUse {
  /** As the system has it: the higher, the more it gives way. */
  readonly priority: number;
  /** On a processor, in ms. */
  readonly ranMs: number;
}

/** A process in which V8's threads and those of the thread pool have much to do; what each thread did, the main one first. */
const BUSY_PROCESS = `
  import { pbkdf2 } from 'node:crypto';
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { promisify } from 'node:util';
  const { yieldV8Threads } = await import(process.argv[1]);
  yieldV8Threads();
  const kept = [];
  for (let i = 0; i < 600_000; i++) kept.push({ i, text: 'x'.repeat(i % 40) });
  const derive = promisify(pbkdf2);
  await Promise.all([1, 2, 3, 4].map(() => derive('secret', 'salt', 200_000, 32, 'sha512')));
  const threads = readdirSync('/proc/self/task').map((thread) => ({
    priority: getPriority(Number(thread)),
    ranMs: Number(readFileSync('/proc/self/task/' + thread + '/schedstat', 'utf8').split(' ')[0]) / 1e6,
  }));
  process.stdout.write(JSON.stringify(threads));
`;

function threadsOf(...flags: string[]): readonly ThreadUse[] {
  const module = builtPath(new URL('../../src/v8-threads.ts', import.meta.url));
  const words = [...flags, '--input-type=module', '-e', BUSY_PROCESS, module];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as ThreadUse[];
}

const isLinux = process.platform === 'linux';

test.runIf(isLinux)('the threads that mark the heap give way to all others, and no other thread does', () => {
  const [main, ...others] = threadsOf();
  expect(main?.priority).toBeLessThan(10);
  const helpers = others.filter(({ priority }) => priority === 10);
  const busy = others.filter(({ priority, ranMs }) => priority === main?.priority && ranMs > 20);
  expect(helpers).toHaveLength(5);
  expect(helpers.reduce((sum, { ranMs }) => sum + ranMs, 0)).toBeGreaterThan(5);
  // The thread pool, which derives the keys.
  expect(busy).toHaveLength(4);
});

test.runIf(isLinux)('whoever chooses how many threads V8 has chooses what they take', () => {
  const [main, ...others] = threadsOf('--v8-pool-size=2');
  expect(others.filter(({ priority }) => priority !== main?.priority)).toEqual([]);
});
