import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openStore } from '../dist/services/storage/sqlite/store.js';
import { madeCalls } from './made-calls.mjs';
import { copyCalls, copyOf } from './records-copies.mjs';
import { fill } from './records-fill.mjs';

const Sqlite = createRequire(import.meta.url)('better-sqlite3');

const CALLS = 20;
const COPIES = 10;
const YEAR_OF_ALL = { tests: 'include' };
/** Made by chance, or of the place where something came first. */
const BY_CHANCE = new Set(['id', 'root_id', 'nonce', 'resource', 'provider_sid']);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g;
/** Summed together, or kept for a while only. */
const APART = new Set([
  'call_sums',
  'sums_waiting',
  'sqlite_sequence',
  'refused_calls',
  'admissions',
  'applied',
]);

/**
 * Makes two hundred calls twice, through the engine's own store, and by copying twenty, and throws when any row of any table, the
 * index of words or a sum is another one, but for ids that are made by chance.
 */
export function checkCopies(folder, until) {
  const callAt = madeCalls({ calls: CALLS, until });
  const [base, copied, own] = ['base', 'copied', 'own'].map((name) => join(folder, `${name}.sqlite`));
  fill(base, { calls: CALLS, callAt });
  copyCalls(base, copied, COPIES);
  fill(own, { calls: CALLS * COPIES, callAt: (n) => copyOf(callAt, n, COPIES) });
  const [left, right] = [copied, own].map((file) => new Sqlite(file));
  const tables = left
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'call_index%' ORDER BY name`,
    )
    .pluck()
    .all()
    .filter((name) => !APART.has(name));
  for (const table of tables) assert.deepEqual(rowsOf(left, table), rowsOf(right, table), table);
  assert.deepEqual(wordsOf(left), wordsOf(right), 'call_index');
  for (const db of [left, right]) db.close();
  assert.deepEqual(sumsOf(copied), sumsOf(own), 'call_sums');
}

function rowsOf(db, table) {
  const plain = (row) =>
    JSON.stringify(Object.entries(row).filter(([name]) => !BY_CHANCE.has(name))).replaceAll(UUID, 'id');
  return db.prepare(`SELECT * FROM ${table}`).all().map(plain).sort();
}

function wordsOf(db) {
  db.exec('CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, call_index, instance)');
  return db.prepare('SELECT term, doc, col, offset FROM words ORDER BY doc, col, offset, term').all();
}

function sumsOf(file) {
  const store = openStore(file);
  try {
    return ['default', 'dentist', 'hotel'].map((agent) =>
      store.query('analytics', { ...YEAR_OF_ALL, agent }),
    );
  } finally {
    store.close();
  }
}
