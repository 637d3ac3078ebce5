import { describe, expect, onTestFinished, test } from 'vitest';
import Sqlite from 'better-sqlite3';
import type { AuditRow } from '../../../src/protocol/console-audit.ts';
import type { NewAct } from '../../../src/services/storage/audit.port.ts';
import { auditTransactions } from '../../../src/services/storage/sqlite/audit-transactions.ts';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { CALLER_NUMBER, shortCall, storeJournal } from '../../support/stored-calls.ts';

const DAY_MS = 86_400_000;
const BEGUN = Date.UTC(2026, 10, 25, 10);

const act = (id: string, more: Partial<NewAct> = {}): NewAct => ({
  ...{ id, at: BEGUN, who: 'token', client: 'browser', address: '198.51.100.1', act: 'hangup' },
  ...more,
});

function opened() {
  const store = openStore(':memory:');
  onTestFinished(() => {
    store.close();
  });
  const rows = (more: Parameters<typeof pageOf>[0] = {}) => pageOf(more).items;
  const pageOf = (more: { act?: AuditRow['act']; cursor?: string; limit?: number } = {}) =>
    store.query('audit', { limit: 100, ...more });
  return { store, rows, pageOf };
}

describe('the audit trail', () => {
  test('the audit trail has a row from the beginning of an act, and what came of it once', () => {
    const { store, rows } = opened();
    store.transact('beginAct', act('a', { callSid: 'CA1' }));
    store.transact('beginAct', act('a', { callSid: 'CA2' }));
    expect(rows()).toEqual([
      {
        ...{ id: 1, at: '2026-11-25T10:00:00.000Z', who: 'token', client: 'browser', act: 'hangup' },
        ...{ address: '198.51.100.1', callSid: 'CA1', agentId: null, caller: null },
        ...{ fromVersion: null, toVersion: null, status: null },
      },
    ]);
    store.transact('concludeAct', { id: 'a', status: 202 });
    store.transact('concludeAct', { id: 'a', status: 500, agentId: 'other' });
    store.transact('concludeAct', { id: 'unknown', status: 200 });
    expect(rows()).toMatchObject([{ callSid: 'CA1', agentId: null, status: 202 }]);
  });

  test('the audit trail learns of the thing at the end, and forgets nothing that it knew', () => {
    const { store, rows } = opened();
    store.transact('beginAct', act('a', { act: 'placeCall', agentId: 'plumber' }));
    store.transact('concludeAct', { id: 'a', status: 201, callSid: 'CA9' });
    store.transact('beginAct', act('b', { act: 'saveAgent', agentId: 'plumber' }));
    store.transact('concludeAct', { id: 'b', status: 200, fromVersion: 'one', toVersion: 'two' });
    expect(rows()).toMatchObject([
      { act: 'saveAgent', agentId: 'plumber', fromVersion: 'one', toVersion: 'two' },
      { act: 'placeCall', agentId: 'plumber', callSid: 'CA9', status: 201 },
    ]);
  });

  test('the audit trail is read newest first, page by page, of one act or of all', () => {
    const { store, rows, pageOf } = opened();
    for (let n = 0; n < 10; n++) {
      store.transact('beginAct', act(String(n), { at: BEGUN + n, act: n % 2 === 0 ? 'mute' : 'say' }));
    }
    const first = pageOf({ limit: 4 });
    expect(first.items.map(({ id }) => id)).toEqual([10, 9, 8, 7]);
    const next = pageOf({ limit: 100, cursor: first.nextCursor ?? '' });
    expect(next.items.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(next.nextCursor).toBeNull();
    const muted = pageOf({ act: 'mute', limit: 3 });
    expect(muted.items.map(({ id }) => id)).toEqual([9, 7, 5]);
    expect(rows({ act: 'mute', cursor: muted.nextCursor ?? '' }).map(({ id }) => id)).toEqual([3, 1]);
    expect(() => pageOf({ cursor: 'x' })).toThrow('cursor');
  });

  test('the audit trail is kept for 400 days', () => {
    const { store, rows } = opened();
    store.transact('beginAct', act('old'));
    store.transact('beginAct', act('next', { at: BEGUN + 400 * DAY_MS }));
    expect(rows()).toHaveLength(2);
    store.transact('beginAct', act('last', { at: BEGUN + 400 * DAY_MS + 1 }));
    expect(rows().map(({ id }) => id)).toEqual([3, 2]);
  });

  test('the audit trail is bounded: of each act the oldest go past so many rows, and no other act pushes them out', () => {
    const db = new Sqlite(':memory:');
    migrate(db);
    const few = auditTransactions(db, 10);
    few.beginAct(act('first', { act: 'eraseCaller' }));
    for (let n = 0; n < 1000; n++) few.beginAct(act(`m${String(n)}`, { act: n % 2 === 0 ? 'mute' : 'say' }));
    const counts = db.prepare('SELECT act, count(*) AS rows, min(n) AS first FROM audit GROUP BY act').all();
    // The last look was at row 768.
    const since = (1001 - 768) / 2;
    expect(counts).toEqual([
      { act: 'eraseCaller', rows: 1, first: 1 },
      { act: 'mute', rows: 10 + Math.floor(since), first: 750 },
      { act: 'say', rows: 10 + Math.ceil(since), first: 749 },
    ]);
    db.close();
  });
});

describe('profiles that somebody changed in their folder', () => {
  const found = (store: ReturnType<typeof opened>['store'], versions: Record<string, string>) => {
    const profiles = Object.entries(versions).map(([agentId, version]) => ({ agentId, version }));
    store.transact('noteProfiles', { profiles, at: BEGUN });
  };

  test('profiles changed in their folder are rows: new, changed and gone ones, not those that are as they were', () => {
    const { store, rows } = opened();
    found(store, { default: 'one', plumber: 'one' });
    found(store, { default: 'one', plumber: 'one' });
    expect(rows()).toHaveLength(2);
    found(store, { default: 'two' });
    found(store, { default: 'two' });
    expect(rows().slice(0, 2)).toMatchObject([
      {
        who: 'disk',
        act: 'foundAgent',
        agentId: 'plumber',
        fromVersion: 'one',
        toVersion: null,
        status: 200,
      },
      { act: 'foundAgent', agentId: 'default', fromVersion: 'one', toVersion: 'two', address: null },
    ]);
    expect(rows()).toHaveLength(4);
  });

  test('profiles changed in their folder are not those that an operator saved, or whose saving nobody saw end', () => {
    const { store, rows } = opened();
    found(store, { default: 'one' });
    store.transact('beginAct', act('a', { act: 'saveAgent', agentId: 'default' }));
    store.transact('concludeAct', { id: 'a', status: 200, fromVersion: 'one', toVersion: 'two' });
    found(store, { default: 'two' });
    expect(rows()).toHaveLength(2);
    store.transact('beginAct', act('b', { act: 'saveAgent', agentId: 'default' }));
    found(store, { default: 'three' });
    expect(rows().map(({ act: name, toVersion }) => [name, toVersion])).toEqual([
      ['foundAgent', 'three'],
      ['saveAgent', null],
      ['saveAgent', 'two'],
      ['foundAgent', 'one'],
    ]);
  });
});

test('a call that was erased has no SID in the trail, before and after', async () => {
  const { store, journal } = storeJournal();
  journal.record('CA1', shortCall('CA1'));
  journal.record('CA2', shortCall('CA2').slice(0, 3));
  store.transact('beginAct', act('a', { callSid: 'CA1' }));
  store.transact('beginAct', act('b', { callSid: 'CA1', act: 'mute' }));
  store.transact('beginAct', act('c', { callSid: 'CA2' }));
  await journal.transact('eraseNumber', { phone: CALLER_NUMBER, rows: 10_000 });
  store.transact('beginAct', act('d', { callSid: 'CA1', act: 'eraseCall' }));
  store.transact('beginAct', act('e', { act: 'placeCall' }));
  store.transact('concludeAct', { id: 'e', status: 201, callSid: 'CA1' });
  const sids = store.query('audit', { limit: 10 }).items.map(({ callSid }) => callSid);
  const [erased] = sids;
  expect(erased).toMatch(/^erased [0-9a-f]{16}$/);
  expect(sids).toEqual([erased, erased, 'CA2', erased, erased]);
});
