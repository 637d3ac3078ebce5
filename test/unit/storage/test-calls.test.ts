import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { TestCalls } from '../../../src/protocol/console-analytics.ts';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { row } from '../../support/call-rows.ts';
import { temporaryFolder } from '../../support/journal.ts';

const BEGUN = Date.UTC(2026, 10, 25, 10);
const PHONE = { from: '+12025550147' };
const COMMAND_LINE = { from: '+12025550148', isTest: true };
const SOFTPHONE = { from: 'client:softphone' };

/** An ended call of so many ms. */
function rowsOf(callSid: string, call: object, lengthMs: number) {
  const body = { callSid, agentId: 'a', direction: 'inbound', to: '', ...call };
  return [
    row('call.accepted', body, { at: BEGUN }),
    row('call.ended', { reason: 'completed' }, { at: BEGUN + lengthMs }),
  ].map((each) => ({ ...each, body: JSON.stringify(each.body) }));
}

const figures = (store: Store, tests?: TestCalls) => {
  const { calls, durations, perDay, pending } = store.query(
    'analytics',
    tests === undefined ? {} : { tests },
  );
  return { calls, totalMs: durations.totalMs, days: perDay.map((day) => day.calls), pending };
};
const found = (store: Store, tests?: TestCalls) =>
  store
    .query('findCalls', { limit: 50, ...(tests === undefined ? {} : { tests }) })
    .items.map(({ callSid }) => callSid)
    .sort();

test('calls that try the engine are in no figure unless asked for, and in the list unless asked otherwise', () => {
  const store = openStore(':memory:');
  store.append('CA1', rowsOf('CA1', PHONE, 1000));
  store.append('CA2', rowsOf('CA2', COMMAND_LINE, 20));
  store.append('CA3', rowsOf('CA3', { ...SOFTPHONE, isTest: true }, 3));
  expect(figures(store)).toEqual({ calls: 1, totalMs: 1000, days: [1], pending: 0 });
  expect(figures(store, 'include')).toEqual({ calls: 3, totalMs: 1023, days: [3], pending: 0 });
  expect(figures(store, 'only')).toEqual({ calls: 2, totalMs: 23, days: [2], pending: 0 });
  expect(found(store)).toEqual(['CA1', 'CA2', 'CA3']);
  expect(found(store, 'exclude')).toEqual(['CA1']);
  expect(found(store, 'only')).toEqual(['CA2', 'CA3']);
  store.close();
});

test('calls that try the engine are summed apart, however many they are', () => {
  const store = openStore(':memory:');
  for (let i = 0; i < 150; i++) {
    const callSid = `CA${String(i)}`;
    store.append(callSid, rowsOf(callSid, i % 3 === 0 ? COMMAND_LINE : PHONE, 10));
  }
  expect(figures(store)).toEqual({ calls: 100, totalMs: 1000, days: [100], pending: 0 });
  expect(figures(store, 'only')).toEqual({ calls: 50, totalMs: 500, days: [50], pending: 0 });
  store.close();
});

test('calls from the softphone that an older engine counted with all others are counted again, and no other is', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const old = new Sqlite(file);
  migrate(old, BEFORE_TESTS);
  const calls = [
    ['CA1', PHONE, 1000],
    ['CA2', SOFTPHONE, 3],
  ] as const;
  const sums = (lengthMs: number) => ({
    ...{ calls: 1, totalMs: lengthMs, durations: {}, waits: {}, endReasons: { completed: 1 }, tools: {} },
    ...{
      bargeIns: 0,
      callsWithBargeIn: 0,
      usage: {},
      languages: {},
      transitions: {},
      states: {},
      untaken: {},
    },
  });
  for (const [n, [callSid, call, lengthMs]] of calls.entries()) {
    for (const [seq, { at, from, event, state, body }] of rowsOf(callSid, call, lengthMs).entries())
      old
        .prepare('INSERT INTO events VALUES (?, ?, 1, ?, ?, ?, ?, ?)')
        .run(callSid, seq + 1, at, from, event, state, body);
    const record = {
      ...{ callSid, agentId: 'a', direction: 'inbound', from: call.from, to: '', state: 'ended' },
      startedAt: new Date(BEGUN).toISOString(),
      ...{ endedAt: new Date(BEGUN + lengthMs).toISOString(), endReason: 'completed', durationMs: lengthMs },
    };
    old
      .prepare(
        `INSERT INTO calls (n, call_sid, last_seq, last_at, epoch, state, at, record, digested_seq)
         VALUES (?, ?, 2, ?, 1, 'ended', ?, ?, 2)`,
      )
      .run(n + 1, callSid, BEGUN + lengthMs, BEGUN, JSON.stringify(record));
    old.prepare('INSERT INTO call_digests VALUES (?, 2, 0, 0, NULL)').run(n + 1);
    old
      .prepare('INSERT INTO sums_waiting (agent_id, day, times, sums) VALUES (?, ?, 1, ?)')
      .run('a', '2026-11-25', JSON.stringify(sums(lengthMs)));
  }
  // Of a call that was erased since, only the sums are left.
  const outlived = JSON.stringify(sums(500));
  for (const agent of ['a', ''])
    for (const period of ['2026-11', '2026-11-24'])
      old.prepare('INSERT INTO call_sums VALUES (?, ?, 1, 500, ?)').run(agent, period, outlived);
  old.close();

  const store = openStore(file);
  expect(found(store, 'only')).toEqual(['CA2']);
  expect(figures(store)).toEqual({ calls: 2, totalMs: 1500, days: [1, 1], pending: 0 });
  expect(figures(store, 'only')).toEqual({ calls: 1, totalMs: 3, days: [1], pending: 0 });
  expect(figures(store)).toEqual({ calls: 2, totalMs: 1500, days: [1, 1], pending: 0 });
  store.close();
});

/** Steps of the database before tests were told from other calls. */
const BEFORE_TESTS = 9;
