import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/services/storage/sqlite/database.ts';
import { ownDatabase, ownerOf } from '../../../src/services/storage/sqlite/database-owner.ts';
import { temporaryFolder } from '../../support/journal.ts';

const FIRST = { url: 'http://127.0.0.1:3000', processId: 11 };
const SECOND = { url: 'http://[::1]:4000', processId: 12 };

describe('a database', () => {
  test('a database has one owner, and a second engine is told who that is', async () => {
    const file = join(temporaryFolder(), 'new', 'calls.sqlite');
    const release = await ownDatabase(file, FIRST);
    await expect(ownDatabase(file, SECOND)).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      message: `the database is in use: ${file}, by the engine at http://127.0.0.1:3000 (process 11)`,
    });
    expect(await ownerOf(file)).toEqual(FIRST);
    await release();
    expect(await ownerOf(file)).toBeUndefined();
    const second = await ownDatabase(file, SECOND);
    await release(); // Twice is once: what is another's by now stays so.
    expect(await ownerOf(file)).toEqual(SECOND);
    await second();
  });

  test('a database is owned by one of ten that come at once', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const came = await Promise.allSettled(Array.from({ length: 10 }, () => ownDatabase(file, FIRST)));
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of came) if (each.status === 'fulfilled') await each.value();
  });

  test('a database is the same by every name of its file and its folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'));
    const file = join(folder, 'data', 'calls.sqlite');
    writeFileSync(file, '');
    symlinkSync(file, join(folder, 'linked.sqlite'));
    symlinkSync(join(folder, 'data'), join(folder, 'other'));
    const release = await ownDatabase(file, FIRST);
    for (const name of ['linked.sqlite', 'other/calls.sqlite']) {
      await expect(ownDatabase(join(folder, name), SECOND)).rejects.toMatchObject({
        code: 'DATABASE_IN_USE',
      });
    }
    await release();
  });

  test('a database can be read and backed up while it has an owner, and its lock is for the engine alone', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'calls.sqlite');
    const release = await ownDatabase(file, FIRST);
    const db = openDatabase(file);
    const reader = new Sqlite(file, { readonly: true });
    await reader.backup(join(folder, 'backup.sqlite'));
    reader.close();
    for (const name of readdirSync(folder).filter((each) => /-(?:lock|owner)$/.test(each))) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    db.close();
    await release();
  });

  test('a database in memory is its own each time', async () => {
    const releases = [await ownDatabase(':memory:', FIRST), await ownDatabase(':memory:', SECOND)];
    expect(await ownerOf(':memory:')).toBeUndefined();
    for (const release of releases) await release();
  });

  test('a database is free as soon as its owner was killed', { timeout: 30_000 }, async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const program = `
      import { ownDatabase } from './src/services/storage/sqlite/database-owner.ts';
      await ownDatabase(${JSON.stringify(file)}, { url: 'http://127.0.0.1:3000', processId: process.pid });
      setInterval(() => undefined, 1000);
      console.log('owned');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await ownerOf(file)).toMatchObject({ processId: child.pid });
    await expect(ownDatabase(file, SECOND)).rejects.toMatchObject({ code: 'DATABASE_IN_USE' });
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    const release = await ownDatabase(file, SECOND);
    expect(await ownerOf(file)).toEqual(SECOND);
    await release();
  });

  test('a database whose lock file is no lock is refused by its name', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    mkdirSync(`${file}-lock`);
    await expect(ownDatabase(file, FIRST)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });
});
