import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openCallDays } from '../../../src/services/storage/sqlite/call-days.ts';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { shortCall } from '../../support/stored-calls.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 10, 1);
/** Steps of a database before there were days of calls. */
const BEFORE_DAYS = 11;

const rowsOf = (callSid: string, at: number) =>
  shortCall(callSid, { at }).map((each) => ({ ...each, body: JSON.stringify(each.body) }));

function openedStore(file = ':memory:') {
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
  });
  /** The calls of so many days from one on that said a word. */
  const saying = (q: string, day: number, days = 1) =>
    store
      .query('findCalls', {
        ...{ limit: 50, q },
        ...{ from: FIRST_DAY + day * DAY_MS, to: FIRST_DAY + (day + days) * DAY_MS },
      })
      .items.map(({ callSid }) => callSid);
  return { store, saying };
}

test('the calls of some days that said a word are found, whatever the order in which they came', () => {
  const { store, saying } = openedStore();
  // The last one came late, out of a file.
  for (const [n, day] of [0, 1, 1, 3, 0].entries()) {
    store.append(`CA${String(n)}`, rowsOf(`CA${String(n)}`, FIRST_DAY + day * DAY_MS + n));
  }
  expect(saying('thanks', 0)).toEqual(['CA4', 'CA0']);
  expect(saying('thanks', 1)).toEqual(['CA2', 'CA1']);
  expect(saying('thanks', 2)).toEqual([]);
  expect(saying('thanks', 0, 4)).toEqual(['CA4', 'CA3', 'CA2', 'CA1', 'CA0']);
  expect(saying('nobody', 0, 4)).toEqual([]);
});

test('the index of words is walked for the asked days only', () => {
  const db = new Sqlite(':memory:');
  migrate(db);
  const days = openCallDays(db);
  const insert = db.prepare(
    `INSERT INTO calls (n, call_sid, last_seq, last_at, epoch, at) VALUES (?, ?, 1, 1, 1, ?)`,
  );
  for (const [n, day] of [0, 0, 1, 1, 3, 1].entries()) {
    insert.run(n + 1, `CA${String(n)}`, FIRST_DAY + day * DAY_MS);
    days.add(`CA${String(n)}`);
  }
  const between = (from: number, to: number) =>
    days.between(FIRST_DAY + from * DAY_MS, FIRST_DAY + to * DAY_MS + DAY_MS - 1);
  expect(between(0, 0)).toEqual({ first: 1, last: 2 });
  expect(between(1, 1)).toEqual({ first: 3, last: 6 });
  expect(between(3, 9)).toEqual({ first: 5, last: 5 });
  expect(between(2, 2)).toBeUndefined();
  db.close();
});

test('calls of an older engine are found by their days, too', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const before = openStore(file);
  before.append('CA1', rowsOf('CA1', FIRST_DAY));
  before.append('CA2', rowsOf('CA2', FIRST_DAY + DAY_MS));
  before.close();
  const old = new Sqlite(file);
  const made = old
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
    .pluck()
    .all();
  const known = new Sqlite(':memory:');
  migrate(known, BEFORE_DAYS);
  const isKnown = known.prepare<[string], number>('SELECT 1 FROM sqlite_schema WHERE name = ?').pluck();
  for (const name of made) if (isKnown.get(name) === undefined) old.exec(`DROP INDEX ${name}`);
  old.exec('DROP TABLE call_days');
  old.pragma(`user_version = ${String(BEFORE_DAYS)}`);
  old.close();
  known.close();

  const { saying } = openedStore(file);
  expect(saying('thanks', 0)).toEqual(['CA1']);
  expect(saying('thanks', 1)).toEqual(['CA2']);
});
