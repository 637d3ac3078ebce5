import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

/** Words that say nothing: no noun, no file. */
const EMPTY = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'misc',
  'handler',
  'data',
  'info',
]);

const files = ['src', 'console']
  .flatMap((house) =>
    readdirSync(house, { recursive: true, encoding: 'utf8' }).map((name) => join(house, name)),
  )
  .filter((path) => statSync(path).isFile());

test.each(files)('the file %s has the name of what it holds', (path) => {
  const words = basename(path).split('.')[0]?.split('-') ?? [];
  expect(basename(path)).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z]+)+$/);
  expect(words.filter((word) => EMPTY.has(word))).toEqual([]);
  expect(basename(path)).not.toBe('index.ts');
});
