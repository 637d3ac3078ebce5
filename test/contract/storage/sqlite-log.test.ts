import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { temporaryFolder } from '../../support/journal.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/** A store with a log that is larger than it may be, because somebody reads. */
function readForLong() {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
  });
  const reader = new Sqlite(file, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  const sizeOfLog = () => statSync(`${file}-wal`).size;
  const body = JSON.stringify({ filler: 'x'.repeat(60_000) });
  const write = () => {
    store.atomically(() => {
      const one = {
        at: 0,
        from: 'model',
        to: 'call',
        event: 'filler',
        state: '',
        taken: null,
        regions: {},
        body,
      };
      store.append('CA1', Array<typeof one>(100).fill(one));
    });
  };
  while (sizeOfLog() <= MAX_BYTES) write();
  return { store, reader, sizeOfLog, write };
}

test('the log beside a database grows while somebody reads for long, and is cut to 64 MB when they have read', () => {
  const { store, reader, sizeOfLog, write } = readForLong();
  store.capWriteAheadLog();
  expect(sizeOfLog()).toBeGreaterThan(MAX_BYTES);

  reader.close();
  store.capWriteAheadLog();
  write();
  expect(sizeOfLog()).toBeLessThanOrEqual(MAX_BYTES);
});

test('calls do not wait for somebody who reads for long', () => {
  const { store, reader } = readForLong();
  onTestFinished(() => {
    reader.close();
  });
  const pragma = vi.spyOn(Sqlite.prototype, 'pragma');
  store.capWriteAheadLog();
  const asked = pragma.mock.calls.map(([text]) => text).filter((text) => text !== 'busy_timeout');
  pragma.mockRestore();
  expect(asked).toEqual(['busy_timeout = 0', 'wal_checkpoint(RESTART)', 'busy_timeout = 1500']);
});

test('what waits in the log is written back once it is 200 pages, and what somebody reads stays until they have read', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
  });
  const [reader, watcher] = [new Sqlite(file), new Sqlite(file)];
  onTestFinished(() => {
    reader.close();
    watcher.close();
  });
  const waiting = () => {
    const [{ log, checkpointed } = { log: 0, checkpointed: 0 }] = watcher.pragma('wal_checkpoint(NOOP)') as {
      log: number;
      checkpointed: number;
    }[];
    return log - checkpointed;
  };
  const write = (pages: number) => {
    const body = JSON.stringify({ filler: 'x'.repeat(4096 * pages) });
    const filler = { event: 'filler', state: '', taken: null, regions: {}, body };
    store.atomically(() => {
      store.append('CA1', [{ at: 0, from: 'model', to: 'call', ...filler }]);
    });
  };
  watcher.pragma('wal_checkpoint(PASSIVE)');
  write(100);
  store.writeBack();
  expect(waiting()).toBeGreaterThan(100);
  write(100);
  store.writeBack();
  expect(waiting()).toBe(0);

  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM events').get();
  write(300);
  store.writeBack();
  expect(waiting()).toBeGreaterThan(200);
  reader.exec('COMMIT');
  store.writeBack();
  expect(waiting()).toBe(0);
});
