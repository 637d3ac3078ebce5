import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { letHeapGrow } from '../../src/heap.ts';

/** V8 says nothing to a program of an option that it does not know; it only writes a line to the terminal. */
test('this Node knows the option by which the heap may grow', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(options).toMatch(/^\s+--heap-growing-percent /m);
  expect(letHeapGrow).not.toThrow();
});
