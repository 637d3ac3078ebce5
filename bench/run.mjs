/**
 * What a call costs: `npm run bench -- --calls 50,100 --seconds 10 --repetitions 3`.
 *
 * The built engine and a bare relay carry the same calls by turns; `--before FOLDER` adds the engine of another checkout,
 * which is built, too. Callers and
 * model live in other processes, so the target's CPU time is its own. Compare
 * ratios of one run only: figures of two machines, or two hours, say little.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { median, quantile, table } from './figures.mjs';
import { nowUs } from './stamp.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '50,100' },
    seconds: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    targets: { type: 'string', default: 'relay,engine' },
    before: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Let the system move processes between cores. */
    unpinned: { type: 'boolean', default: false },
  },
});
/** Until what runs often is compiled, and the heap is as full as it becomes: a server answers for days. */
const WARM_UP_MS = 60_000;
/** The order to begin reaches both ends before it applies. */
const LEAD_US = 100_000;
const ARRIVE_WITHIN_MS = 1000;
const seconds = Number(values.seconds);

/** On Linux the target has a core of its own, so that the load does not take its time. */
const TASKSET = '/usr/bin/taskset';
const hasCores = !values.unpinned && process.platform === 'linux' && existsSync(TASKSET);

function start(module, args, core) {
  const options = hasCores
    ? { execPath: TASKSET, execArgv: ['-c', core, process.execPath, '--expose-gc'] }
    : {};
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
    ...options,
  });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.exitCode = 1;
  });
  return child;
}

/** The next message of a type from a process; rejects when the process ends instead. */
function message(child, type) {
  return new Promise((resolve, reject) => {
    const listen = (received) => {
      if (received.type !== type) return;
      child.off('message', listen);
      child.off('exit', ended);
      resolve(received);
    };
    const ended = (code) => reject(new Error(`a process of the bench ended with ${String(code)}`));
    child.on('message', listen);
    child.once('exit', ended);
  });
}

function ask(child, type, answer) {
  const answered = message(child, answer);
  child.send({ type });
  return answered;
}

const moduleOf = (name) =>
  name === 'before' ? String(pathToFileURL(resolve(values.before, 'bench/engine.mjs'))) : `./${name}.mjs`;

/** One target carries `calls` calls for some seconds. */
async function measure(name, calls) {
  const children = [];
  const folder = mkdtempSync(join(tmpdir(), 'callchart-bench-'));
  try {
    const model = start('./model.mjs', [], '1');
    children.push(model);
    const { url: modelUrl } = await message(model, 'ready');
    const target = start(moduleOf(name), [modelUrl, folder], '0');
    children.push(target);
    const { url } = await message(target, 'ready');
    await wait(500);
    const idle = await ask(target, 'reportSettled', 'report');
    const callers = start('./callers.mjs', [url, String(calls)], '1');
    children.push(callers);
    await message(callers, 'ready');
    await wait(WARM_UP_MS);

    const before = await ask(target, 'report', 'report');
    const beganUs = nowUs();
    const order = { type: 'begin', fromUs: beganUs + LEAD_US, toUs: beganUs + LEAD_US + seconds * 1e6 };
    model.send(order);
    callers.send(order);
    await wait(seconds * 1000 + (2 * LEAD_US) / 1000);
    const after = await ask(target, 'report', 'report');
    const took = (nowUs() - beganUs) / 1e6;
    // What was sent at the very end may still be on its way, and a `clear` takes its time.
    await wait(ARRIVE_WITHIN_MS);
    const [heard, spoken] = await Promise.all([
      ask(callers, 'end', 'measured'),
      ask(model, 'end', 'measured'),
    ]);
    const settled = await ask(target, 'reportSettled', 'report');
    callers.send({ type: 'hangUp' });
    await wait(700);
    return figures({ calls, took, idle, before, after, settled, heard, spoken });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function figures({ calls, took, idle, before, after, settled, heard, spoken }) {
  const bargeIn = reactions(spoken.reports, heard.clears);
  return {
    cpuMs: (after.cpuUs - before.cpuUs) / 1000 / (calls * took),
    userMs: (after.userUs - before.userUs) / 1000 / (calls * took),
    memoryKb: (settled.rss - idle.rss) / 1024 / calls,
    idleMb: idle.rss / 1048576,
    forward: spoken.forwardUs,
    backward: heard.backwardUs,
    bargeIn: bargeIn.us,
    missed: bargeIn.missed,
    lost: heard.frames - spoken.forwardUs.length,
    frames: heard.frames,
    closed: heard.closed,
  };
}

/** From each report of speech to the `clear` that answers it, in microseconds. */
function reactions(reports, clears) {
  const us = [];
  let missed = 0;
  for (const [call, at] of reports) {
    const clear = clears.find(
      ([cleared, clearedAt]) => cleared === call && clearedAt >= at && clearedAt - at < 1_000_000,
    );
    if (clear === undefined) missed++;
    else us.push(clear[1] - at);
  }
  return { us, missed };
}

if (values.targets.includes('engine') && !existsSync(new URL('../dist/server.js', import.meta.url))) {
  process.stderr.write('bench: the engine is not built yet; run: npm run build\n');
  process.exit(1);
}

const targets = [...values.targets.split(','), ...(values.before === undefined ? [] : ['before'])];
const rows = [];
for (const calls of values.calls.split(',').map(Number)) {
  const runs = Object.fromEntries(targets.map((target) => [target, []]));
  for (let repetition = 1; repetition <= Number(values.repetitions); repetition++) {
    for (const target of targets) {
      process.stderr.write(`${String(calls)} calls, ${target}, repetition ${String(repetition)}\n`);
      runs[target].push(await measure(target, calls));
    }
  }
  for (const target of targets) rows.push(summary(calls, target, runs));
}
process.stdout.write(values.json ? `${JSON.stringify(rows, undefined, 2)}\n` : table(rows));

function summary(calls, target, runs) {
  const own = runs[target];
  const ratios = own.map((run, i) => run.cpuMs / (runs.relay?.[i]?.cpuMs ?? NaN));
  const over = (name, share) => median(own.map((run) => quantile(run[name], share) / 1000));
  return {
    calls,
    target,
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    userMs: median(own.map(({ userMs }) => userMs)),
    ratio: median(ratios),
    ratioFrom: Math.min(...ratios),
    ratioTo: Math.max(...ratios),
    forwardMs: [over('forward', 0.5), over('forward', 0.99)],
    backwardMs: [over('backward', 0.5), over('backward', 0.99)],
    bargeInMs: [over('bargeIn', 0.5), over('bargeIn', 0.99)],
    memoryKb: median(own.map(({ memoryKb }) => memoryKb)),
    idleMb: median(own.map(({ idleMb }) => idleMb)),
    frames: own.reduce((sum, run) => sum + run.frames, 0),
    lost: own.reduce((sum, run) => sum + run.lost, 0),
    bargeIns: own.reduce((sum, run) => sum + run.bargeIn.length + run.missed, 0),
    missed: own.reduce((sum, run) => sum + run.missed, 0),
    closed: own.reduce((sum, run) => sum + run.closed, 0),
  };
}
