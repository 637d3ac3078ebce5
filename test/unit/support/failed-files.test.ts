import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FailedFiles } from '../../support/failed-files.ts';

const moduleOf = (path: string, state: 'passed' | 'failed') => ({
  moduleId: resolve(path),
  state: () => state,
});

const fresh = () => join(mkdtempSync(join(tmpdir(), 'failed-files-')), 'deep', 'failed-files');

test('a run writes down the files that it failed in, and no other', () => {
  const path = fresh();
  new FailedFiles(path).onTestRunEnd(
    [moduleOf('test/a.test.ts', 'failed'), moduleOf('test/b.test.ts', 'passed')],
    [],
  );
  expect(readFileSync(path, 'utf8')).toBe('test/a.test.ts\n');
});

test('a run that passes, or fails in no test, leaves no list of files behind', () => {
  const path = fresh();
  const reporter = new FailedFiles(path);
  const failed = [moduleOf('test/a.test.ts', 'failed')];
  reporter.onTestRunEnd(failed, []);
  reporter.onTestRunEnd(failed, [new Error('nobody caught this')]);
  expect(existsSync(path)).toBe(false);
  reporter.onTestRunEnd(failed, []);
  reporter.onTestRunEnd([moduleOf('test/a.test.ts', 'passed')], []);
  expect(existsSync(path)).toBe(false);
});
