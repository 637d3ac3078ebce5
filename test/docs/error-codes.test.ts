import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERRORS } from '../../src/errors.ts';

test('every error code is told by somebody', () => {
  const sources = ['src', 'console']
    .flatMap((house) =>
      readdirSync(house, { recursive: true, encoding: 'utf8' }).map((file) => join(house, file)),
    )
    .filter((path) => /\.tsx?$/.test(path) && path !== 'src/errors.ts')
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  expect(Object.keys(ERRORS).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});
