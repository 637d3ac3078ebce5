import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openKeptFiles } from '../../../src/services/data-folder/kept-files.ts';
import { openDatabase } from '../../../src/services/storage/sqlite/database.ts';
import { startEngineProcess } from '../../support/engine-process.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { KeptLog } from '../../support/phone-leg.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** Everything below a folder with its rights, by its path in it. */
function rightsIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    paths
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [relative(folder, path), modeOf(path)]),
  );
}

describe('what the engine writes', () => {
  test.each(['000', '777'])(
    'what the engine writes is for its own user, when the umask is %s',
    async (umask) => {
      const home = temporaryFolder();
      const [agents, data] = [join(home, 'agents'), join(home, 'deep', 'data')];
      mkdirSync(agents);
      const profile = { id: 'default', business: { name: 'Acme' } };
      writeFileSync(join(agents, 'default.json'), JSON.stringify(profile));
      const engine = await startEngineProcess(
        { DATABASE_URL: `file:${join(data, 'calls.sqlite')}`, AGENTS_DIR: agents },
        umask,
      );
      if (!('url' in engine)) throw new Error(engine.stderr);
      const put = await fetch(`${engine.url}/api/agents/shop`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ business: { name: 'Shop' } }),
      });
      expect(put.status).toBe(200);

      expect(rightsIn(join(home, 'deep'))).toEqual({
        data: '700',
        'data/calls.sqlite': '600',
        'data/calls.sqlite-lock': '600',
        'data/calls.sqlite-lock-journal': '600',
        'data/calls.sqlite-owner': '600',
        'data/calls.sqlite-shm': '600',
        'data/calls.sqlite-wal': '600',
        'data/audit-key': '600',
        'data/stream-key': '600',
      });
      const { 'default.json': byHand, ...written } = rightsIn(agents);
      expect(byHand).toBe('644');
      expect(Object.keys(written)).toHaveLength(4);
      expect(new Set(Object.values(written))).toEqual(new Set(['600', '700']));
      expect(await engine.stop()).toBe(0);
    },
    30_000,
  );
});

describe('what an older engine left open', () => {
  function oldData() {
    const data = join(temporaryFolder(), 'data');
    for (const folder of [data, join(data, 'clips'), join(data, 'recordings')]) {
      mkdirSync(folder);
      chmodSync(folder, 0o755);
    }
    for (const file of ['calls.sqlite', 'calls.sqlite-wal', 'clips/a.ulaw', 'recordings/CA1.wav']) {
      writeFileSync(join(data, file), '');
      chmodSync(join(data, file), 0o644);
    }
    writeFileSync(join(data, 'rescue-2026-11-25T10-00-00.000Z.jsonl'), '', { mode: 0o600 });
    writeFileSync(join(data, 'stream-key'), Buffer.alloc(32));
    return { data, databaseFile: join(data, 'calls.sqlite') };
  }

  test('what an older engine left open is closed at the next start', async () => {
    const { data, databaseFile } = oldData();
    const { key } = await openKeptFiles({ folder: data, databaseFile, log: new KeptLog() });
    await key('stream-key');
    const db = openDatabase(databaseFile);
    expect(modeOf(data)).toBe('700');
    expect(rightsIn(data)).toEqual({
      'calls.sqlite': '600',
      'calls.sqlite-shm': '600',
      'calls.sqlite-wal': '600',
      clips: '700',
      'clips/a.ulaw': '600',
      recordings: '700',
      'recordings/CA1.wav': '600',
      'rescue-2026-11-25T10-00-00.000Z.jsonl': '600',
      'stream-key': '600',
    });
    db.close();
  });

  test('what an older engine left open stays as it is where a folder holds other things, and the log says so', async () => {
    const { data, databaseFile } = oldData();
    writeFileSync(join(data, 'package.json'), '{}');
    const log = new KeptLog();
    await openKeptFiles({ folder: data, databaseFile, log });
    expect(modeOf(data)).toBe('755');
    expect(modeOf(join(data, 'package.json'))).toBe('644');
    expect(modeOf(join(data, 'recordings'))).toBe('700');
    expect(log.lines).toMatchObject([
      { level: 'warn', sentence: expect.stringContaining('other users can read the data folder') as unknown },
    ]);
  });

  test('what an older engine left open stays as it is in a folder for everybody', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o1777);
    await openKeptFiles({ folder, databaseFile: join(folder, 'calls.sqlite'), log: new KeptLog() });
    expect(modeOf(folder)).toBe('1777');
  });

  test('what an older engine left open is not looked for behind a link', async () => {
    const { data, databaseFile } = oldData();
    const outside = join(temporaryFolder(), 'outside');
    writeFileSync(outside, 'untouched');
    chmodSync(outside, 0o644);
    symlinkSync(outside, join(data, 'recordings', 'CA2.wav'));
    await openKeptFiles({ folder: data, databaseFile, log: new KeptLog() });
    expect(modeOf(outside)).toBe('644');
  });
});

describe('the data folder', () => {
  const log = new KeptLog();

  test('the data folder is made where it is wanted, with all that is kept beside the database', async () => {
    const folder = join(temporaryFolder(), 'kept', 'here');
    const databaseFile = join(temporaryFolder(), 'calls.sqlite');
    const data = await openKeptFiles({ folder, databaseFile, log });
    const key = await data.key('stream-key');
    await data.clips?.write('a', Buffer.from('hello'));
    expect(await (await openKeptFiles({ folder, databaseFile, log })).key('stream-key')).toEqual(key);
    expect(modeOf(folder)).toBe('700');
    expect(rightsIn(folder)).toEqual({ clips: '700', 'clips/a.ulaw': '600', 'stream-key': '600' });
    expect(data.recordings).toBeDefined();
  });

  test('the data folder does not exist for a database in memory: every process has its own key', async () => {
    const open = () => openKeptFiles({ folder: undefined, databaseFile: ':memory:', log });
    const [one, other] = await Promise.all([open(), open()]);
    expect(await one.key('stream-key')).not.toEqual(await other.key('stream-key'));
    expect(one).toMatchObject({ clips: undefined, recordings: undefined });
  });
});
