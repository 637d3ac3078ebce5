import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { streamKeyIn } from '../../../src/services/twilio/stream-key.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'callchart-key-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

test('is made once, and is the same for every process that begins', async () => {
  const data = folder();
  const keys = await Promise.all(Array.from({ length: 8 }, () => streamKeyIn(data)));
  for (const key of [...keys, await streamKeyIn(data)]) expect(key.equals(keys[0] ?? key)).toBe(true);
  expect(keys[0]).toHaveLength(32);
});

test('is for its owner alone, and leaves no draft', async () => {
  const data = folder();
  await streamKeyIn(data);
  expect(statSync(join(data, 'stream-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(data)).toEqual(['stream-key']);
});

test('differs from one database to another', async () => {
  const one = await streamKeyIn(folder());
  const other = await streamKeyIn(folder());
  expect(one.equals(other)).toBe(false);
});

test('is refused when the file holds something else, by its path', async () => {
  const data = folder();
  writeFileSync(join(data, 'stream-key'), 'sesame');
  await expect(streamKeyIn(data)).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
    message: expect.stringContaining(join(data, 'stream-key')) as unknown,
  });
});

test('is refused where nothing can be written', async () => {
  await expect(streamKeyIn(join(folder(), 'missing'))).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
  });
});
