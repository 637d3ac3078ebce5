/**
 * How the store does with many calls: `npm run bench:records -- --calls 1000000 --write`.
 *
 * Fills a database through the engine's own store with calls as they were recorded once, of a year, and asks it, through
 * the client that the engine uses, everything that the console and the API ask: by itself, and while a hundred
 * calls record. Then calls are pruned, one caller is erased, and the database is copied, while they record.
 *
 * `--folder` keeps the filled database there, and takes it from there when there is one: 100,000 calls take five minutes,
 * 1,000,000 a quarter of an hour and 40 GB. What is measured is done to a copy.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openJournal } from '../dist/services/storage/client/sqlite-journal.js';
import { quantile } from './figures.mjs';
import { MACHINE, rounded } from './machine.mjs';
import { LiveCalls } from './live-calls.mjs';
import { callerOf, madeCalls } from './made-calls.mjs';
import { actsOf } from './records-acts.mjs';
import { checkCopies } from './records-check.mjs';
import { copyCalls, copyOf, renamed } from './records-copies.mjs';
import { fill } from './records-fill.mjs';
import { questionsOf } from './records-questions.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    /** How often each question is asked by itself. */
    times: { type: 'string', default: '20' },
    /** For how long each is asked while calls record, in seconds. */
    seconds: { type: 'string', default: '1' },
    /** How many calls are pruned; default: a tenth, 5,000 at most. */
    prune: { type: 'string' },
    folder: { type: 'string' },
    /** Only questions and acts whose names match. */
    only: { type: 'string', default: '' },
    /** Leaves the figures where docs/reference/performance.md is written from; `npm run docs:write` does that. */
    write: { type: 'boolean', default: false },
  },
});

/** Calls that the store itself writes; more are copies of them. */
const ORIGINALS = 100_000;
const calls = Number(values.calls);
const copies = Math.max(1, Math.round(calls / ORIGINALS));
const until = Date.UTC(2026, 11, 1);
const originalAt = madeCalls({ calls: calls / copies, until });
const callAt = (n) => (copies === 1 ? originalAt(n) : copyOf(originalAt, n, copies));
const often = renamed(callerOf(0, calls / copies), 0);
const seldom = renamed(callerOf(0.9, calls / copies), 0);
const work = mkdtempSync(join(tmpdir(), 'callchart-records-'));
const quiet = () => undefined;
const clock = { now: Date.now, steady: () => performance.now(), setTimeout, clearTimeout };
const log = { info: quiet, warn: quiet, error: quiet };

try {
  const figures = await measure(filled());
  if (values.write) remember(figures);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** A copy of the filled database. */
function filled() {
  const kept = join(values.folder ?? work, `${String(calls)}-calls.sqlite`);
  if (!existsSync(kept)) {
    mkdirSync(values.folder ?? work, { recursive: true });
    const draft = join(work, 'draft.sqlite');
    make(draft);
    copyFileSync(draft, kept);
    rmSync(draft);
  }
  if (values.folder === undefined) return kept;
  const copy = join(work, 'calls.sqlite');
  copyFileSync(kept, copy);
  // What the copy has left to write would be in the way of what is measured.
  const handle = openSync(copy, 'r+');
  fsyncSync(handle);
  closeSync(handle);
  return copy;
}

/** More than a hundred thousand are copies of so many: when copies are what the store would have written. */
function make(file) {
  if (copies === 1) {
    fill(file, { calls, callAt: originalAt });
    return;
  }
  checkCopies(work, until);
  say(
    `copies are what the store writes; ${String(calls / copies)} calls are made, and copied ${String(copies)} times`,
  );
  const base = join(work, 'originals.sqlite');
  fill(base, { calls: calls / copies, callAt: originalAt });
  copyCalls(base, file, copies);
  rmSync(base);
}

async function measure(file) {
  const megabytes = Math.round(statSync(file).size / 1e6);
  const opened = performance.now();
  const journal = await openJournal({ file, clock, log });
  const openMs = performance.now() - opened;
  say(`${String(calls)} calls, ${String(megabytes)} MB, opened in ${openMs.toFixed(0)} ms`);

  const wanted = new RegExp(values.only);
  const questions = [...(await questionsOf(journal, { calls, until, callAt, often }))].filter(([name]) =>
    wanted.test(name),
  );
  const alone = new Map();
  for (const [name, question] of questions)
    alone.set(name, await asked(journal, question, Number(values.times)));

  const live = new LiveCalls(journal);
  await live.start();
  const rest = await live.during(() => new Promise((resolve) => setTimeout(resolve, 5000)));
  say(`nothing asked: ${shown(rest)}`);
  const rows = [];
  for (const [name, question] of questions) {
    const beside = await live.during(() => askedFor(journal, question, Number(values.seconds) * 1000));
    const row = { name, aloneMs: spread(alone.get(name)), liveMs: spread(beside.result), ...waitsOf(beside) };
    rows.push(row);
    say(`${name}: ${shownMs(row.aloneMs)}; beside calls ${shownMs(row.liveMs)}; ${shown(beside)}`);
  }
  const acts = [];
  for (const [name, act] of actsOf({ journal, file, calls, until, prune: values.prune, often, seldom })) {
    if (!wanted.test(name)) continue;
    const begun = performance.now();
    const { result, ...beside } = await live.during(act);
    const tookMs = performance.now() - begun;
    acts.push({ name, times: result, tookMs, ...waitsOf(beside) });
    say(`${name} (${String(result)}): ${one(tookMs)} ms; ${shown(beside)}`);
  }
  await live.stop();
  await journal.close();
  return { calls, megabytes, openMs, rest: waitsOf(rest), questions: rows, acts };
}

async function asked(journal, [name, argsOf], times) {
  const tookMs = [];
  for (let n = 0; n < times; n++) tookMs.push(await timed(() => journal.query(name, argsOf(n))));
  return tookMs;
}

async function askedFor(journal, [name, argsOf], ms) {
  const tookMs = [];
  const end = performance.now() + ms;
  for (let n = 0; performance.now() < end; n++) {
    tookMs.push(await timed(() => journal.query(name, argsOf(n))));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return tookMs;
}

async function timed(ask) {
  const begun = performance.now();
  await ask();
  return performance.now() - begun;
}

/** At 50 %, 95 % and the longest. */
function spread(figures) {
  return [0.5, 0.95, 1].map((share) => quantile(figures, share));
}

/** How long a row waited, at 50 %, 99 % and the longest; how late the thread was at most. */
function waitsOf({ waits, loopMs }) {
  return { waitMs: [0.5, 0.99, 1].map((share) => quantile(waits, share)), loopMs };
}

function shown(beside) {
  const { waitMs, loopMs } = waitsOf(beside);
  return `a row waits ${shownMs(waitMs)}, the thread ${one(loopMs)} ms`;
}

function shownMs(figures) {
  return `${figures.map(one).join('/')} ms`;
}

/** What was measured of so many calls stands until it is measured again. */
function remember(figures) {
  const file = new URL('records.json', import.meta.url);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).sizes : [];
  const on = new Date().toISOString().slice(0, 10);
  const sizes = [...before.filter((each) => each.calls !== calls), { machine: MACHINE, on, ...figures }];
  sizes.sort((a, b) => a.calls - b.calls);
  // A question a line.
  const text = JSON.stringify({ sizes }, rounded, 2).replace(/\{\s+"name"[^}]*\}/g, (row) =>
    row.replaceAll(/\s+/g, ' '),
  );
  writeFileSync(file, `${text}\n`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

function one(figure) {
  return figure.toFixed(1);
}
