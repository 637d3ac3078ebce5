import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { replayCall } from '../../../src/cli/replayed-call.ts';
import { FullRow } from '../../../src/protocol/console-calls.ts';
import { fullRowOf } from '../../../src/protocol/shown-rows.ts';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { plainCall } from '../../support/call-chart.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { recordedCall } from '../../support/recorded-call.ts';

/** Steps of a database of 0.1.0: its rows are of version 1. */
const BEFORE_THE_FEED = 10;

type OldRow = readonly [at: number, actor: string, event: string, state: string, body: object];

/** A database as an older engine left it, opened by this one. */
function openedWith(rows: readonly OldRow[]) {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const old = new Sqlite(file);
  migrate(old, BEFORE_THE_FEED);
  const insert = old.prepare(
    `INSERT INTO events (call_sid, seq, version, at, actor, event, state, body) VALUES ('CA1', ?, 1, ?, ?, ?, ?, ?)`,
  );
  rows.forEach(([at, actor, event, state, body], index) => {
    insert.run(index + 1, at, actor, event, state, JSON.stringify(body));
  });
  old
    .prepare(`INSERT INTO calls (call_sid, last_seq, last_at, epoch) VALUES ('CA1', ?, 0, 0)`)
    .run(rows.length);
  old.close();
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
  });
  const shown = () =>
    FullRow.array().parse(store.query('events', { callSid: 'CA1' }).map((row) => fullRowOf(row, 'full')));
  return { store, shown };
}

const ACCEPTED = { callSid: 'CA1', agentId: 'a', direction: 'inbound', from: 'client:softphone', to: '+2' };
const QUIET = 'conversing.listening.quiet';
const OLD_CALL: readonly OldRow[] = [
  [0, 'call', 'call.accepted', 'connecting', ACCEPTED],
  [10, 'phone', 'phone.attached', 'configuring', { streamSid: 'MZ1', taken: ['k1', 'k2'] }],
  [20, 'model', 'configure', 'configuring', {}],
  [30, 'model', 'caller.said', QUIET, { itemId: 'i1', text: 'Hello', taken: ['k1'] }],
  [40, 'phone', 'digit.pressed', QUIET, { digit: '•', untaken: true }],
  [50, 'call', 'after.idleAfter', QUIET, { taken: ['k3'] }],
  [60, 'call', 'crashed.phone', 'ending.closing', {}],
  [70, 'journal', 'lead.stored', QUIET, { leadId: 'id_1' }],
  [80, 'model', 'a.fact.of.nobody', QUIET, { itemId: 'i9' }],
  [90, 'model', 'agent.said', QUIET, { itemId: 'i2' }],
];

test('rows of version 1 are shown with who told whom, and what the chart made of a fact beside its body', () => {
  const { shown } = openedWith(OLD_CALL);
  expect(
    shown().map(({ actor, from, to, event, taken, body }) => [actor, from, to, event, taken, body]),
  ).toEqual([
    ['call', 'call', null, 'call.accepted', null, { ...ACCEPTED, isTest: true }],
    ['phone', 'phone', 'call', 'phone.attached', ['k1', 'k2'], { streamSid: 'MZ1' }],
    ['model', 'call', 'model', 'configure', null, {}],
    ['model', 'model', 'call', 'caller.said', ['k1'], { itemId: 'i1', text: 'Hello' }],
    ['phone', 'phone', 'call', 'digit.pressed', [], { digit: '•' }],
    ['call', 'call', 'call', 'after.idleAfter', ['k3'], {}],
    ['phone', 'phone', 'call', 'crashed.phone', null, {}],
    ['journal', 'journal', null, 'lead.stored', null, { leadId: 'id_1' }],
    ['model', 'model', 'call', 'a.fact.of.nobody', null, { itemId: 'i9' }],
    ['model', 'model', 'call', 'agent.said', null, { itemId: 'i2' }],
  ]);
});

test('rows of version 1 tell of no regions, those of today which ones they changed', () => {
  const { store, shown } = openedWith(OLD_CALL);
  const envelope = { at: 100, from: 'model', to: 'call', state: QUIET, taken: ['k1'] } as const;
  const committed = { event: 'caller.committed', body: { itemId: 'i3' } } as const;
  store.transact('append', {
    callSid: 'CA1',
    rows: [
      { ...envelope, ...committed, regions: { turn: 'owed', words: 'awaited' } },
      { ...envelope, ...committed, regions: {} },
    ],
  });
  const regions = shown().map((row) => row.regions);
  expect(regions.slice(0, OLD_CALL.length)).toEqual(OLD_CALL.map(() => null));
  expect(regions.slice(OLD_CALL.length)).toEqual([{ turn: 'owed', words: 'awaited' }, {}]);
});

test('rows of version 1 fold, also with rows of today behind them', () => {
  const { store } = openedWith(OLD_CALL);
  const envelope = { at: 100, from: 'model', to: 'call', state: QUIET, taken: null, regions: {} } as const;
  store.transact('append', {
    callSid: 'CA1',
    rows: [{ ...envelope, event: 'caller.said', body: { itemId: 'i3', text: 'Bye' } }],
  });
  expect(store.query('transcript', { callSid: 'CA1' }).map(({ text }) => text)).toEqual(['Hello', 'Bye']);
  const events = store.query('events', { callSid: 'CA1' });
  expect(events.map(({ event }) => event).slice(-3)).toEqual(['unread', 'unread', 'caller.said']);
});

test('a call of version 1 is replayed, and today’s chart does the same', async () => {
  const call = recordedCall({ latencyMs: 300 });
  call.model.opens();
  await call.clock.run(200);
  const { carrier } = call.dials();
  await call.clock.run(3000);
  carrier.hangUp();
  await call.clock.run(2000);
  const { limits } = AgentProfile.parse({ id: 'default', business: { name: 'Acme' }, tools: [] });
  // Older still: whether it is recorded was not told.
  const began = { ...plainCall, limits, isRecorded: undefined };
  const written = call.rows.map(({ at, from, to, event, state, taken, body }): OldRow => {
    const made = taken === null ? {} : taken.length === 0 ? { untaken: true } : { taken };
    return [at, to === null || to === 'call' ? from : to, event, state, { ...body, ...made }];
  });
  const { shown } = openedWith([[0, 'call', 'call.began', 'connecting', began], ...written]);
  const { rows, difference } = await replayCall(shown());
  expect(difference).toBeUndefined();
  expect(rows).toBeGreaterThan(10);
});
