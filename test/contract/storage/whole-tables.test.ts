import Sqlite, { type Database } from 'better-sqlite3';
import { beforeAll, expect, test, vi } from 'vitest';
import type { CallFilter } from '../../../src/services/storage/calls.port.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';

/** Ways of asking for calls that lead along different lists. */
const FILTERS: readonly Partial<CallFilter>[] = [
  ...[{}, { from: 1 }, { to: 2 }, { from: 1, to: 2 }, { number: '555' }, { agent: 'a' }],
  ...[{ q: 'word' }, { q: 'word', from: 1, to: 2 }, { q: 'word', number: '555' }],
  ...[{ state: 'ended' }, { state: 'conversing' }, { state: 'conversing', from: 1, to: 2 }],
  ...[
    { state: 'ended', q: 'word' },
    { state: 'conversing', q: 'word' },
    { state: 'conversing', number: '555' },
  ],
  ...(['only', 'exclude'] as const).flatMap((tests) => [
    ...[{ tests }, { tests, q: 'word' }, { tests, state: 'ended' }, { tests, state: 'conversing' }],
  ]),
];
const LISTS = ['leads', 'bookings', 'messages', 'audit', 'blockedNumbers', 'refusedCalls'] as const;

/** Where more is read than is looked for by name, and why that is little however many calls there are. */
const LITTLE: Readonly<Record<string, string>> = {
  'SCAN unswept': 'one row',
  'SCAN sums_waiting': 'added up when they are 64',
  'SCAN calls USING INDEX calls_undigested': 'those of an older engine',
  'SCAN r': 'those of an older engine',
  'SCAN early_callbacks': '5,000 are kept',
  'SCAN refused_calls': '500 are kept',
  'SCAN applied': 'those that wait for their acknowledgement',
  'SCAN outbox USING INDEX outbox_by_due': 'what is not done',
  'SCAN outbox USING INDEX outbox_with_reason': 'what the carrier would not have',
  'SCAN c USING INDEX calls_of_tests': 'a thousand and one at most',
  'SEARCH calls USING INDEX calls_by_state (state=?)':
    'calls that nobody has accepted, or that are erased by half',
};

/** One line of how SQLite goes about a statement. */
interface Plan {
  readonly sql: string;
  readonly line: string;
}

let plans: Plan[];

beforeAll(() => {
  const prepare = vi.spyOn(Sqlite.prototype, 'prepare');
  const store = openStore(':memory:');
  askEverything(store);
  const statements = prepare.mock.calls.map(([sql]) => sql);
  const db = prepare.mock.contexts.at(-1) as Database;
  prepare.mockRestore();
  plans = [...new Set(statements)].flatMap((sql) =>
    planOf(db, sql).map((line) => ({ sql: sql.replaceAll(/\s+/g, ' '), line })),
  );
  store.close();
});

function askEverything(store: Store): void {
  for (const filter of FILTERS) store.query('findCalls', { limit: 50, ...filter });
  for (const list of LISTS) store.query(list, { limit: 50 });
}

function planOf(db: Database, sql: string): string[] {
  const explained = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null] as const);
  const values = Array.from(sql.matchAll(/\?/g), () => null);
  const rows = names.length > 0 ? explained.all(Object.fromEntries(names)) : explained.all(...values);
  return rows.map(({ detail }) => detail);
}

/** All of a table or an index, or all calls that have ended. Ranges of a list are read until the page is full, or are what was asked for. */
function isWhole({ sql, line }: Plan): boolean {
  if (line.includes('VIRTUAL TABLE')) return line.endsWith('INDEX 0:');
  if (line.startsWith('SCAN')) return !/^SCAN (\(|CONSTANT|json_each)/.test(line);
  // What is only said to be there, or to have ended, is nearly all of it.
  const isOfNoState = sql.endsWith('state IS NULL');
  return (line.endsWith('calls_by_state (state=?)') && !isOfNoState) || line.endsWith('(ended_key>?)');
}

test('no question and no write reads a whole table, or all calls that have ended', () => {
  const read = plans.filter((plan) => isWhole(plan) && LITTLE[plan.line] === undefined);
  expect(read).toEqual([]);
  expect(Object.keys(LITTLE).filter((line) => !plans.some((plan) => plan.line === line))).toEqual([]);
});

test('a page of calls begins where the page before it ended', () => {
  const walks = plans.filter(({ sql }) => sql.startsWith('SELECT c.record') && sql.includes('calls_by_time'));
  expect(walks.length).toBeGreaterThan(0);
  // A bound by time alone beside the one by the place would be taken in its stead.
  for (const { sql } of walks) expect(sql).not.toContain('c.at <');
});

test('calls in a state that goes on are looked for among those that go on', () => {
  const prepare = vi.spyOn(Sqlite.prototype, 'prepare');
  const store = openStore(':memory:');
  store.query('findCalls', { limit: 50, state: 'conversing' });
  const asked = prepare.mock.calls.at(-1)?.[0] ?? '';
  const db = prepare.mock.contexts.at(-1) as Database;
  prepare.mockRestore();
  const read = planOf(db, asked).filter((line) => line.startsWith('SEARCH c '));
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter((line) => !line.includes('calls_by_state (state'))).toEqual([]);
  store.close();
});

test('a piece of the calendar is read in the order of an index, and not sorted', () => {
  const calendars = plans.filter(({ sql }) => sql.includes(`status <> 'rescheduled'`));
  expect(
    calendars.filter(({ line }) => line.startsWith('SEARCH bookings USING INDEX bookings_by_')),
  ).toHaveLength(2);
  expect(calendars.filter(({ line }) => line.includes('TEMP B-TREE'))).toEqual([]);
});

test('the next call of a number that is erased is found without a look at all of its calls', () => {
  const next = plans.filter(({ sql }) => sql.includes('FROM callers JOIN calls'));
  expect(next.length).toBeGreaterThan(0);
  expect(next.filter(({ line }) => line.includes('TEMP B-TREE'))).toEqual([]);
});
