import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GAP } from '../../scripts/new-state/templates.ts';

/** Where `npm run new:state` names what is still to be written. */
const FOLDERS = ['src/machines', 'docs/statecharts', 'test/machines'];

test('no gap of a state that was begun is left', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|md)$/.test(file))
      .map((file) => join(folder, file)),
  );
  const gaps = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.includes(GAP) ? [`${file}:${String(index + 1)}: ${line.trim()}`] : [])),
  );
  expect(gaps).toEqual([]);
});
