/**
 * What a call costs: `npm run bench -- --calls 100,200 --seconds 15 --repetitions 5`.
 *
 * The built engine and a bare relay carry the same calls, in turns, and each repetition turns their order. Callers and
 * model live in other processes on another core, so the target's CPU time is its own. `--targets` may name `simulator`, too,
 * the engine with its own model in the same process, to which nobody speaks; and `workers`, an engine of two of them, which
 * want `--unpinned`. Beside them there may be `--before FOLDER`, the engine of another checkout, which is built, too, and
 * `--flags="..."`, the engine with other flags of Node.js, as often as wanted. Compare ratios of one run only: figures of two
 * machines, or two hours, say little.
 *
 * `--soak MINUTES` looks at one target with the first of `--calls` again and again, and calls end and begin meanwhile: what
 * it holds, and how late it is, must not grow.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, quantile, releaseLine, table } from './figures.mjs';
import { MACHINE, rounded } from './machine.mjs';
import { ceilingOf, measure } from './measure.mjs';
import { soak } from './soak.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '50,100' },
    seconds: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    targets: { type: 'string', default: 'relay,engine' },
    /** Until what runs often is compiled, and the heap is as full as it becomes: a server answers for days. */
    'warm-up': { type: 'string', default: '60' },
    before: { type: 'string' },
    flags: { type: 'string', multiple: true, default: [] },
    /** Looks for the most calls that each target carries, so many more at a time, instead of measuring `--calls`. */
    ceiling: { type: 'string' },
    soak: { type: 'string' },
    /** Writes a profile of each measurement into this folder: for the figures, run without. */
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Leaves the figures where docs/reference/performance.md is written from; `npm run docs:write` does that. */
    write: { type: 'boolean', default: false },
    /** The model is reached by TLS, as the real one is. The carrier's side is a proxy's. */
    tls: { type: 'boolean', default: false },
    /** Let the system move processes between cores. */
    unpinned: { type: 'boolean', default: false },
  },
});

if (values.targets.includes('engine') && !existsSync(new URL('../dist/server.js', import.meta.url))) {
  process.stderr.write('bench: the engine is not built yet; run: npm run build\n');
  process.exit(1);
}
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

const here = fileURLToPath(new URL('..', import.meta.url));
const engine = { name: 'engine', module: './engine.mjs', flags: [], checkout: here, words: [] };
const relay = { ...engine, name: 'relay', module: './relay.mjs' };
const simulator = { ...engine, name: 'simulator', words: ['simulator'] };
const workers = { ...engine, name: 'workers', module: './workers.mjs' };
const known = { relay, engine, simulator, workers };
const targets = values.targets.split(',').map((name) => known[name]);
if (values.before !== undefined) {
  targets.push({ ...engine, name: 'before', checkout: resolve(values.before) });
}
for (const flags of values.flags) targets.push({ ...engine, name: flags, flags: flags.split(' ') });

const options = {
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values['warm-up']),
  isPinned: !values.unpinned,
  isTls: values.tls,
};
const report = await reported();
if (values.json) {
  process.stdout.write(`${JSON.stringify(report.figures, undefined, 2)}\n`);
} else {
  process.stdout.write(`${report.text}${MACHINE}\n`);
}
if (values.write) remember(report);

function reported() {
  if (values.soak !== undefined)
    return soak(targets.at(-1), Number(values.calls.split(',')[0]), {
      ...options,
      minutes: Number(values.soak),
    });
  return values.ceiling === undefined ? compared() : ceilings(Number(values.ceiling));
}

/** What was measured stands until it is measured again: calls, and how many of them there can be, each by themselves. */
function remember({ kept }) {
  const file = new URL('measured.json', import.meta.url);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { rows: [], ceilings: {} };
  const { seconds, warmUpSeconds } = options;
  const how = { machine: MACHINE, on: new Date().toISOString().slice(0, 10), seconds, warmUpSeconds };
  const repetitions = Number(values.repetitions);
  const measured =
    kept.rows === undefined ? { ...before, ...kept } : { ...before, ...how, repetitions, ...kept };
  writeFileSync(file, `${JSON.stringify(measured, rounded, 2)}\n`);
}

/** Calls `work` for each target and repetition. Whoever is always first has the machine as the one before it left it. */
async function inTurns(work) {
  for (let repetition = 1; repetition <= Number(values.repetitions); repetition++) {
    for (const target of repetition % 2 === 1 ? targets : targets.toReversed()) {
      process.stderr.write(`${target.name}, repetition ${String(repetition)}\n`);
      await work(target, repetition);
    }
  }
}

async function compared() {
  const figures = [];
  for (const calls of values.calls.split(',').map(Number)) {
    process.stderr.write(`${String(calls)} calls\n`);
    const runs = Object.fromEntries(targets.map(({ name }) => [name, []]));
    await inTurns(async (target, repetition) => {
      const file = `${target.name}-${String(calls)}-${String(repetition)}.cpuprofile`;
      const profile = values.profile && resolve(join(values.profile, file));
      runs[target.name].push(await measure(target, calls, { ...options, profile }));
    });
    for (const { name } of targets) figures.push(summary(calls, name, runs));
  }
  return { figures, kept: { [shelf()]: figures }, text: `${table(figures)}\n${releaseLine(figures)}` };
}

/** Where figures are kept: other ways, and other targets, stand beside the plain comparison. */
function shelf() {
  if (values.tls) return 'tls';
  if (targets.includes(workers)) return 'workers';
  return targets.includes(simulator) ? 'simulator' : 'rows';
}

async function ceilings(step) {
  const figures = Object.fromEntries(targets.map(({ name }) => [name, []]));
  await inTurns(async (target) => {
    figures[target.name].push(await ceilingOf(target, { ...options, step }));
  });
  const lines = Object.entries(figures).map(([name, found]) => {
    const each = found.map(({ calls, isLoadFull }) => `${String(calls)}${isLoadFull ? ' or more' : ''}`);
    return `${name}: ${each.join(', ')} calls on one core with p99 < 20 ms\n`;
  });
  return { figures, kept: { ceilings: figures }, text: lines.join('') };
}

function summary(calls, target, runs) {
  const own = runs[target];
  const ratios = own.map((run, i) => run.cpuMs / (runs.relay?.[i]?.cpuMs ?? NaN));
  const middle = (figureOf) => median(own.map(figureOf));
  const over = (name, share) => middle((run) => quantile(run[name], share) / 1000);
  const spreadOf = (name) => [0.5, 0.99, 0.999, 1].map((share) => over(name, share));
  const sum = (figureOf) => own.reduce((total, run) => total + figureOf(run), 0);
  return {
    calls,
    target,
    cpuMs: middle(({ cpuMs }) => cpuMs),
    userMs: middle(({ userMs }) => userMs),
    asideMs: middle(({ asideMs }) => asideMs),
    ratio: median(ratios),
    ratioFrom: Math.min(...ratios),
    ratioTo: Math.max(...ratios),
    waitMs: middle(({ waitMs }) => waitMs),
    forwardMs: spreadOf('forward'),
    backwardMs: spreadOf('backward'),
    bargeInMs: spreadOf('bargeIn'),
    gcShare: middle(({ gcShare }) => gcShare),
    gcLongestMs: middle(({ gcLongestMs }) => gcLongestMs),
    rssKb: middle(({ rssKb }) => rssKb),
    heapKb: middle(({ heapKb }) => heapKb),
    externalKb: middle(({ externalKb }) => externalKb),
    idleMb: middle(({ idleMb }) => idleMb),
    load: middle(({ load }) => load),
    frames: sum(({ frames }) => frames),
    lost: sum(({ lost }) => lost),
    bargeIns: sum(({ bargeIn, missed }) => bargeIn.length + missed),
    missed: sum(({ missed }) => missed),
    closed: sum(({ closed }) => closed),
  };
}
