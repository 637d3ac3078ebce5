import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SOURCE_COMMAND, startEngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from '../support/journal.ts';

test('a start logs one line for each thing that production would refuse', { timeout: 60_000 }, async () => {
  const engine = await startEngineProcess({
    DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
    LOG_LEVEL: 'warn',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    ADMIN_TOKEN: 'changeme-changeme',
  });
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  await engine.stop();
  await engine.ended;
  const { out, err } = engine.printed();
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'warn', setting: 'ADMIN_TOKEN' },
    { level: 'warn', setting: 'NODE_TLS_REJECT_UNAUTHORIZED' },
  ]);
  expect(out + err).not.toContain('changeme-changeme');
});

test('a start with a missing scenario file names the file in one line', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const engine = await startEngineProcess({
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    SCENARIO: join(folder, 'shop.json'),
  });
  expect(engine).toEqual({
    code: 1,
    stderr: `callchart: the configuration is invalid: the scenario ${join(folder, 'shop.json')}: no such file\n`,
  });
});

test('a start that fails behind the open journal ends', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const key = join(folder, 'audit-key');
  mkdirSync(key);
  const engine = await startEngineProcess({ DATABASE_URL: `file:${join(folder, 'calls.sqlite')}` });
  expect(engine).toEqual({
    code: 1,
    stderr: `callchart: the journal cannot be written: ${key} cannot be read or written\n`,
  });
});

test('an engine starts from its sources, with its threads', { timeout: 60_000 }, async () => {
  const database = `file:${join(temporaryFolder(), 'calls.sqlite')}`;
  const engine = await startEngineProcess({ DATABASE_URL: database }, '022', SOURCE_COMMAND);
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
  expect(await engine.stop()).toBe(0);
});
