import { createRequire } from 'node:module';
import { allMarks, wordsOf } from '../dist/services/storage/folds/call-marks.js';
import { openStore } from '../dist/services/storage/sqlite/store.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3');

/** What of a text names a call, a person or a row: SIDs, numbers that nobody has, UUIDs. */
const NAMES =
  /(CA|RE|SM)([0-9a-f]{31})[0-9a-f]|\+1(\d{3})555(\d{4})|([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{21})[0-9a-f]/g;
const OWN_NUMBER = '+12025550100';
/** When an appointment is: copies have it at the same time, in other rooms. */
const SLOTS = new Set(['starts_at', 'ends_at']);
const TIMES = new Set(['at', 'last_at', 'changed_at', 'due']);
/** Tables whose rows are copied as they are, with other names. Those that are left out are empty, or keep some rows only. */
const COPIED = [
  'calls',
  'tokens',
  'leads',
  'bookings',
  'messages',
  'intents',
  'outbox',
  'call_digests',
  'sums_waiting',
  'callers',
  'blocked_numbers',
  'audit',
];

/** A text as it is in the k-th copy: the 0th is the text itself, but for its names. */
export function renamed(text, k) {
  const digit = k.toString(16);
  return text.replace(NAMES, (name, kind, sid, area, line, uuid) => {
    if (name === OWN_NUMBER) return name;
    if (kind !== undefined) return `${kind}${digit}${sid}`;
    if (uuid !== undefined) return `${uuid}${digit}`;
    return `+1${String(201 + ((Number(area) - 201 + k * 78) % 780))}555${line}`;
  });
}

/** The n-th call of a database in which each call is there so many times. */
export function copyOf(callAt, n, copies) {
  const k = n % copies;
  const call = callAt(Math.floor(n / copies));
  const { rows, callSid, caller, from, to, at } = call;
  const other = JSON.parse(renamed(JSON.stringify({ rows, callSid, caller, from, to }), k));
  return { ...call, ...other, at: at + k, rows: other.rows.map((row) => ({ ...row, at: row.at + k })) };
}

/** A call's record as it is in a copy: k ms later. */
function recordOf(record, k) {
  const copy = JSON.parse(renamed(record, k));
  const later = (time) => (time === null ? null : new Date(Date.parse(time) + k).toISOString());
  return Object.assign(copy, { startedAt: later(copy.startedAt), endedAt: later(copy.endedAt) });
}

const times = (tree, factor) =>
  typeof tree === 'number'
    ? tree * factor
    : Object.fromEntries(Object.entries(tree).map(([name, below]) => [name, times(below, factor)]));

/**
 * Makes a database with so many copies of each call of another, 16 at most: with other SIDs, numbers and times, one behind the
 * other as if they had come so. Sums are multiplied; the index of words is written by SQLite, out of what the store's
 * own folds say. records-check.mjs holds it against what the store would have written.
 */
export function copyCalls(from, to, copies) {
  openStore(to).close();
  const store = openStore(from);
  const db = new Sqlite(to);
  db.pragma('journal_mode = DELETE'); // There is no way from WAL to none.
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  db.function('renamed', { deterministic: true }, (text, k) => (text === null ? null : renamed(text, k)));
  db.function('recordOf', (record, k) => JSON.stringify(recordOf(record, k)));
  db.function('times', (sums, factor) => JSON.stringify(times(JSON.parse(sums), factor)));
  db.prepare('ATTACH ? AS base').run(from);
  const all = { copies };
  db.exec('CREATE TEMP TABLE copies (k INTEGER PRIMARY KEY)');
  for (let k = 0; k < copies; k++) db.prepare('INSERT INTO copies VALUES (?)').run(k);
  const inOneGo = db.transaction(() => {
    for (const table of COPIED) copyTable(db, table, all);
    copyRows(db, copies);
    copySums(db, all);
    indexWords(db, store, copies);
  });
  inOneGo();
  db.exec('DETACH base');
  db.close();
  store.close();
}

function copyTable(db, table, all) {
  const columns = db.pragma(`table_info(${table})`);
  const valueOf = ({ name, type }) => {
    if (name === 'n') return '(b.n - 1) * @copies + k + 1';
    if (name === 'record') return 'recordOf(b.record, k)';
    if (name === 'resource') return `b.resource || '.' || k`;
    if (SLOTS.has(name) || (type !== 'TEXT' && !TIMES.has(name))) return `b.${name}`;
    return TIMES.has(name) ? `b.${name} + k` : `renamed(b.${name}, k)`;
  };
  const names = columns.map(({ name }) => name);
  const order = names.includes('n') ? 'b.n, k' : 'k';
  db.prepare(
    `INSERT INTO main.${table} (${names.join()}) SELECT ${columns.map(valueOf).join()}
     FROM base.${table} b CROSS JOIN copies ORDER BY ${order}`,
  ).run(all);
}

/** Rows of logs are many: only bodies that name something are looked through. In the order of their key. */
function copyRows(db, copies) {
  const naming = db
    .prepare(`SELECT DISTINCT event FROM base.events WHERE renamed(body, 1) <> body`)
    .pluck()
    .all();
  const insert = db.prepare(
    `INSERT INTO main.events (call_sid, seq, version, at, sender, event, state, body, receiver, taken, regions)
     SELECT renamed(call_sid, @k), seq, version, at + @k, sender, event, state,
       CASE WHEN event IN (SELECT value FROM json_each(@naming)) THEN renamed(body, @k) ELSE body END,
       receiver, taken, regions FROM base.events ORDER BY call_sid, seq`,
  );
  for (let k = 0; k < copies; k++) insert.run({ k, naming: JSON.stringify(naming) });
}

function copySums(db, all) {
  const run = (sql) => db.prepare(sql).run(all);
  run(`INSERT INTO main.call_sums (agent_id, period, is_test, calls, total_ms, sums)
    SELECT agent_id, period, is_test, calls * @copies, total_ms * @copies, times(sums, @copies) FROM base.call_sums`);
  run(`INSERT INTO main.spending (day, calls, placed, model_ms, cost_micros)
    SELECT day, calls * @copies, placed * @copies, model_ms * @copies, cost_micros * @copies FROM base.spending`);
  run(`INSERT INTO main.call_days (day, first_n, last_n)
    SELECT day, (first_n - 1) * @copies + 1, last_n * @copies FROM base.call_days`);
  db.exec(`INSERT INTO main.refused_calls SELECT * FROM base.refused_calls`);
}

function indexWords(db, store, copies) {
  const insert = db.prepare('INSERT INTO call_index (rowid, words, marks) VALUES (?, ?, ?)');
  const calls = db.prepare('SELECT n, call_sid AS callSid, record FROM base.calls ORDER BY n').all();
  for (const { n, callSid, record } of calls) {
    const rows = store.query('events', { callSid });
    const words = wordsOf(rows);
    for (let k = 0; k < copies; k++) {
      insert.run((n - 1) * copies + k + 1, words, allMarks(recordOf(record, k), rows).join(' '));
    }
  }
}
