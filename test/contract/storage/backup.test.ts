import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { AuditTrail } from '../../../src/services/audit/audit-trail.ts';
import { type KeptPlaces, makeBackup, verifyBackup } from '../../../src/services/backup/backup.ts';
import { Erasures } from '../../../src/services/erasing/erasures.ts';
import { restoreBackup } from '../../../src/services/backup/restore.ts';
import { copyDatabase } from '../../../src/services/storage/sqlite/database-copy.ts';
import { ownDatabase } from '../../../src/services/storage/sqlite/database-owner.ts';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { temporaryFolder, testJournal } from '../../support/journal.ts';
import { CALLER_NUMBER, SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';

const placesIn = (folder: string): KeptPlaces => ({
  databaseFile: join(folder, 'data', 'journal.db'),
  dataDir: join(folder, 'data'),
  agentsDir: join(folder, 'agents'),
});

/** What an engine leaves: a call, its recording, a clip, keys, a profile and an earlier version of it. */
function engineFolder() {
  const folder = temporaryFolder();
  const places = placesIn(folder);
  const { journal } = storeJournal(places.databaseFile);
  journal.record('CA1', shortCall('CA1'));
  const files = {
    'data/recordings/CA1.wav': 'RIFF of CA1',
    'data/clips/c1.ulaw': 'a clip',
    'data/stream-key': 's'.repeat(32),
    'data/audit-key': 'a'.repeat(32),
    'agents/default.json': '{"id":"default"}',
    'agents/.versions/default/2026-11-25T10-00-00.000Z.1a2b3c4d5e6f.json': '{"id":"default","voice":"ash"}',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return { folder, places, journal, files, backup: join(folder, 'backups', 'monday') };
}

const make = (backup: string, places: KeptPlaces, withRecordings = true) =>
  makeBackup(backup, places, { clock: systemClock, withRecordings });

const read = (file: string, sql: string): unknown => {
  const db = new Sqlite(file, { readonly: true });
  try {
    return db.prepare(sql).pluck().get();
  } finally {
    db.close();
  }
};

const refusal = (message: RegExp, code = 'BACKUP_UNUSABLE') => ({
  code,
  message: expect.stringMatching(message) as string,
});

describe('a backup', () => {
  test('a backup holds everything that the engine keeps, and is for its user alone', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { places, backup } = engineFolder();
    expect(await make(backup, places)).toMatchObject({ calls: 1 });
    const names = readdirSync(backup, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(
      expect.arrayContaining([
        'calls.sqlite',
        'recordings/CA1.wav',
        'clips/c1.ulaw',
        'stream-key',
        'audit-key',
      ]),
    );
    for (const name of ['', ...names]) {
      const found = statSync(join(backup, name));
      expect(found.mode & 0o777, name).toBe(found.isDirectory() ? 0o700 : 0o600);
    }
    expect(await verifyBackup(backup)).toMatchObject({ calls: 1 });
  });

  test('a backup leaves the recordings out when asked to', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places, false);
    expect(existsSync(join(backup, 'recordings'))).toBe(false);
    expect((await verifyBackup(backup)).files.map(({ path }) => path)).toContain('clips/c1.ulaw');
  });

  test('a backup refuses a name that exists, and leaves nothing under a name when it fails', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    await expect(make(backup, places)).rejects.toMatchObject(
      refusal(/monday already exists/, 'REQUEST_INVALID'),
    );
    const nowhere = { ...places, databaseFile: join(places.dataDir, 'other.db') };
    await expect(make(`${backup}-2`, nowhere)).rejects.toMatchObject(
      refusal(/DATABASE_URL.*other\.db/, 'CONFIG_INVALID'),
    );
    writeFileSync(nowhere.databaseFile, 'no database at all'.repeat(999));
    await expect(make(`${backup}-2`, nowhere)).rejects.toMatchObject(
      refusal(/other\.db is damaged/, 'STORAGE_UNAVAILABLE'),
    );
    expect(readdirSync(join(backup, '..'))).toEqual(['monday']);
  });

  test(
    'a backup holds the database as it was at one moment, while calls are written',
    { timeout: 60_000 },
    async () => {
      const { folder, places } = engineFolder();
      const journal = await testJournal({ file: places.databaseFile });
      for (let n = 0; n < 10; n++) {
        for (let k = 0; k < 20; k++)
          journal.record(`CB${String(n)}x${String(k)}`, shortCall(`CB${String(n)}x${String(k)}`));
        copyDatabase(places.databaseFile, join(folder, `copy${String(n)}.db`));
        await journal.query('call', { callSid: 'CA1' });
      }
      const whole = shortCall('CA1').length;
      for (let n = 0; n < 10; n++) {
        const copy = join(folder, `copy${String(n)}.db`);
        expect(read(copy, 'PRAGMA integrity_check')).toBe('ok');
        // A call whose record says that it is over has all of its rows.
        const torn = `SELECT count(*) FROM calls WHERE state = 'ended'
        AND (SELECT count(*) FROM events WHERE events.call_sid = calls.call_sid) <> ${String(whole)}`;
        expect(read(copy, torn)).toBe(0);
      }
    },
  );

  test('a backup holds nothing of a caller who was erased before', async () => {
    const { places, journal, backup } = engineFolder();
    expect(await new Erasures({ journal }).caller(CALLER_NUMBER)).toBe('erased');
    await make(backup, places);
    const bytes = readFileSync(join(backup, 'calls.sqlite'));
    expect(bytes.includes(CALLER_NUMBER)).toBe(false);
    expect(bytes.includes(SECRET_WORD)).toBe(false);
  });

  test('a restored backup sends nothing to the carrier a second time', async () => {
    const { places, journal, backup } = engineFolder();
    const placed = { key: 'c', from: '+12025550100', to: CALLER_NUMBER, agentId: 'default', at: 1 };
    const { errand } = await journal.transact('requestCall', placed);
    await make(backup, places);
    const { journal: restored } = storeJournal(join(backup, 'calls.sqlite'));
    const claimed = await restored.transact('claimOutbox', {
      id: errand.id,
      at: Date.now(),
      until: Date.now(),
    });
    expect(claimed?.task).toBe('find');
    expect(
      (await journal.transact('claimOutbox', { id: errand.id, at: Date.now(), until: Date.now() }))?.task,
    ).toBe('send');
  });

  test.each([
    [
      'a recording that was changed',
      (at: string) => {
        appendFileSync(join(at, 'recordings', 'CA1.wav'), 'x');
      },
      /CA1\.wav does not match its checksum/,
    ],
    [
      'a recording that is gone',
      (at: string) => {
        rmSync(join(at, 'recordings', 'CA1.wav'));
      },
      /CA1\.wav is missing/,
    ],
    [
      'a database that was changed',
      (at: string) => {
        appendFileSync(join(at, 'calls.sqlite'), 'x');
      },
      /calls\.sqlite does not match its checksum/,
    ],
    [
      'a folder that was not finished',
      (at: string) => {
        rmSync(join(at, 'backup.json'));
      },
      /is not a backup/,
    ],
    [
      'a list that leads elsewhere',
      (at: string) => {
        const list = readFileSync(join(at, 'backup.json'), 'utf8');
        writeFileSync(join(at, 'backup.json'), list.replace('recordings/CA1.wav', 'recordings/../../x'));
      },
      /backup\.json is damaged/,
    ],
  ])('a backup with %s is refused by name', async (_, harm, message) => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    harm(backup);
    await expect(verifyBackup(backup)).rejects.toMatchObject(refusal(message));
    const fresh = placesIn(temporaryFolder());
    await expect(restoreBackup(backup, fresh)).rejects.toMatchObject(refusal(message));
    expect(existsSync(fresh.dataDir)).toBe(false);
  });
});

describe('restoring', () => {
  test('restoring a backup puts every file where the settings say, for the engine’s user alone', async () => {
    const { places, backup, files } = engineFolder();
    await make(backup, places);
    const folder = temporaryFolder();
    expect(await restoreBackup(backup, placesIn(folder))).toMatchObject({ withAgents: true });
    for (const [path, content] of Object.entries(files)) {
      expect(readFileSync(join(folder, path), 'utf8')).toBe(content);
      expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600);
    }
    const store = openStore(placesIn(folder).databaseFile);
    expect(store.query('call', { callSid: 'CA1' })).toMatchObject({ state: 'ended' });
    store.close();
  });

  test('restoring a backup erases again whom operators had erased since', { timeout: 60_000 }, async () => {
    const { folder, places, journal, backup } = engineFolder();
    const others = JSON.stringify(shortCall('CA2')).replaceAll(CALLER_NUMBER, '+12025550177');
    journal.record('CA2', JSON.parse(others) as ReturnType<typeof shortCall>);
    journal.record('CA3', JSON.parse(others.replaceAll('CA2', 'CA3')) as ReturnType<typeof shortCall>);
    // A call that was live at the time, of the caller who is erased later.
    journal.record('CA4', shortCall('CA4', { isOver: false }));
    await make(backup, places);

    const key = readFileSync(join(places.dataDir, 'audit-key'));
    const trail = new AuditTrail({ journal, clock: systemClock, log: new KeptLog(), key });
    const who = { who: 'token', client: 'program', address: '127.0.0.1' } as const;
    await journal.transact('endCall', { callSid: 'CA4', reason: 'completed', at: Date.now() });
    const erasures = new Erasures({ journal });
    const act = trail.begin({ ...who, act: 'eraseCaller', phone: CALLER_NUMBER });
    await erasures.caller(CALLER_NUMBER);
    act.conclude(204);
    const other = trail.begin({ ...who, act: 'eraseCall', callSid: 'CA2' });
    await erasures.call('CA2');
    other.conclude(204);
    trail.begin({ ...who, act: 'eraseCall', callSid: 'CA3' }).conclude(409);
    await journal.query('openCalls', { limit: 1 });

    const erasedIn = join(folder, 'moved-away.db');
    copyDatabase(places.databaseFile, erasedIn);
    const fresh = placesIn(temporaryFolder());
    const parts = { erasedIn, clock: systemClock, log: new KeptLog() };
    expect(await restoreBackup(backup, fresh, parts)).toMatchObject({
      erasedSince: { callers: 1, calls: 1 },
    });
    const store = openStore(fresh.databaseFile);
    const left = ['CA1', 'CA2', 'CA3', 'CA4'].filter(
      (sid) => store.query('call', { callSid: sid }) !== undefined,
    );
    store.close();
    expect(left).toEqual(['CA3']);
    expect(readFileSync(fresh.databaseFile).includes(CALLER_NUMBER)).toBe(false);
    expect(existsSync(join(fresh.dataDir, 'recordings', 'CA1.wav'))).toBe(false);
  });

  test('restoring a backup leaves existing profiles and recordings alone', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    rmSync(places.databaseFile);
    for (const end of ['-wal', '-shm']) rmSync(`${places.databaseFile}${end}`, { force: true });
    writeFileSync(join(places.dataDir, 'recordings', 'CA1.wav'), 'RIFF of CA1, and longer');
    writeFileSync(join(places.agentsDir, 'default.json'), '{"id":"default","voice":"coral"}');
    expect(await restoreBackup(backup, places)).toMatchObject({ withAgents: false });
    expect(readFileSync(join(places.dataDir, 'recordings', 'CA1.wav'), 'utf8')).toContain('longer');
    expect(readFileSync(join(places.agentsDir, 'default.json'), 'utf8')).toContain('coral');
  });

  test('restoring a backup is refused while an engine has the database, and names it', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    const release = await ownDatabase(places.databaseFile, { url: 'http://127.0.0.1:3000', processId: 7 });
    await expect(restoreBackup(backup, places)).rejects.toMatchObject(
      refusal(/by the engine at http:\/\/127\.0\.0\.1:3000/, 'DATABASE_IN_USE'),
    );
    await release();
    await expect(restoreBackup(backup, places)).rejects.toMatchObject(
      refusal(/journal\.db exists: move it away first/, 'REQUEST_INVALID'),
    );
  });

  test('restoring a backup is refused where SQLite would mix a database with the rest of another', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    const fresh = placesIn(temporaryFolder());
    mkdirSync(fresh.dataDir);
    writeFileSync(`${fresh.databaseFile}-wal`, 'rest');
    await expect(restoreBackup(backup, fresh)).rejects.toMatchObject(
      refusal(/journal\.db-wal exists: move it away first/, 'REQUEST_INVALID'),
    );
  });

  test('restoring a backup is refused where another key exists', async () => {
    const { places, backup } = engineFolder();
    await make(backup, places);
    const fresh = placesIn(temporaryFolder());
    mkdirSync(fresh.dataDir);
    writeFileSync(join(fresh.dataDir, 'audit-key'), 'b'.repeat(32));
    await expect(restoreBackup(backup, fresh)).rejects.toMatchObject(
      refusal(/audit-key differs from the key in the backup/, 'REQUEST_INVALID'),
    );
    expect(existsSync(fresh.databaseFile)).toBe(false);
  });

  test('restoring a newer engine’s backup is refused, and an older one’s is brought to today’s schema', async () => {
    const { places, backup } = engineFolder();
    const old = { ...places, databaseFile: join(places.dataDir, 'old.db') };
    const db = new Sqlite(old.databaseFile);
    migrate(db, 1);
    db.close();
    await make(backup, old);
    const fresh = placesIn(temporaryFolder());
    await restoreBackup(backup, fresh);
    openStore(fresh.databaseFile).close();

    const newer = new Sqlite(old.databaseFile);
    newer.pragma('user_version = 999');
    newer.close();
    await make(`${backup}-2`, old);
    await expect(restoreBackup(`${backup}-2`, placesIn(temporaryFolder()))).rejects.toMatchObject(
      refusal(/it has schema 999, this engine knows \d+: restore it with the newer engine/),
    );
  });
});
