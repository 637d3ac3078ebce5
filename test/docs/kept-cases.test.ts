import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { KeptCases } from '../support/kept-cases.ts';

/** Reads test files, and nothing is run of them; a busy machine takes its time. */
const PATIENCE_MS = 120_000;
/** A file that has properties, for the check itself. */
const KNOWN = 'unit/media/frame-aligner.test.ts';
const PROPERTY = 'lengths of base64 > lengths of base64 are what encoding and decoding give';

/** The names of all tests in a file, with the values that are filled in. */
function testsIn(testFile: string): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-test-names-'));
  try {
    const list = join(folder, 'tests.json');
    const { status, stderr } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'list', join('test', testFile), `--json=${list}`],
      { encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
    const tests = z.array(z.object({ name: z.string() })).parse(JSON.parse(readFileSync(list, 'utf8')));
    return new Set(tests.map(({ name }) => name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each case that no test tries any more, in words. */
function lostCases(cases: KeptCases): string[] {
  return cases.testFiles().flatMap((testFile) => {
    const names = testsIn(testFile);
    return cases
      .of(testFile)
      .filter((one) => !names.has(one.test))
      .map((one) => `${testFile} has no test "${one.test}", which failed with ${one.value}`);
  });
}

test('every kept case belongs to a test that is there', { timeout: PATIENCE_MS }, () => {
  expect(lostCases(new KeptCases('test/kept-cases'))).toEqual([]);
});

test('a kept case of a test or a file that is gone is found', { timeout: PATIENCE_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-kept-cases-'));
  try {
    const cases = new KeptCases(folder);
    const way = { property: 1, seed: 7, path: '0:1' };
    cases.keep(KNOWN, { ...way, test: PROPERTY, value: '[[1],false]' });
    cases.keep(KNOWN, { ...way, test: 'lengths of base64 > are lengths', value: '[[2],false]' });
    cases.keep('unit/media/gone.test.ts', { ...way, test: PROPERTY, value: '[[3],false]' });
    expect(lostCases(cases)).toEqual([
      `${KNOWN} has no test "lengths of base64 > are lengths", which failed with [[2],false]`,
      `unit/media/gone.test.ts has no test "${PROPERTY}", which failed with [[3],false]`,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
