import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('SECURITY.md', 'utf8');
const [, table = ''] = page.split('## What is defended, and by which test');
const rows = table
  .split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:against|-)/.test(line));

test.each(rows ?? [])('a line of defence names tests that are there: %s', (row) => {
  const [, , , tests = ''] = row.split('|');
  const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('there are lines of defence to name tests of', () => {
  expect(rows?.length).toBeGreaterThan(30);
});
