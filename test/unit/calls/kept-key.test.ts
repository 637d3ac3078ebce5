import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptKeyIn } from '../../../src/services/data-folder/kept-key.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'callchart-key-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

test('the kept key is made once, and is the same for every process that begins', async () => {
  const data = folder();
  const keys = await Promise.all(Array.from({ length: 8 }, () => keptKeyIn(data, 'stream-key')));
  for (const key of [...keys, await keptKeyIn(data, 'stream-key')])
    expect(key.equals(keys[0] ?? key)).toBe(true);
  expect(keys[0]).toHaveLength(32);
});

test('the kept key is for its owner alone, and leaves no draft', async () => {
  const data = folder();
  await keptKeyIn(data, 'stream-key');
  expect(statSync(join(data, 'stream-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(data)).toEqual(['stream-key']);
});

test('the kept key differs from one database to another', async () => {
  const one = await keptKeyIn(folder(), 'stream-key');
  const other = await keptKeyIn(folder(), 'stream-key');
  expect(one.equals(other)).toBe(false);
});

test('the kept key is refused when the file holds something else, by its path', async () => {
  const data = folder();
  writeFileSync(join(data, 'stream-key'), 'sesame');
  await expect(keptKeyIn(data, 'stream-key')).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
    message: expect.stringContaining(join(data, 'stream-key')) as unknown,
  });
});

test('the kept key is refused where nothing can be written', async () => {
  await expect(keptKeyIn(join(folder(), 'missing'), 'stream-key')).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
  });
});
