import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from './figures.mjs';
import { filesOf, usageOf } from './machine.mjs';
import { ask, LOAD_CORE, message, startProcess, TARGET_CORE } from './processes.mjs';
import { nowUs } from './stamp.mjs';

/** The order to begin reaches both ends before it applies. */
const LEAD_US = 100_000;
const ARRIVE_WITHIN_MS = 1000;
/** A target that waits for its first call has given back by then what only its start needed. */
const SETTLED_MS = 3000;

/** What a caller would hear: past it a target carries too many calls. */
const LATE_US = 20_000;
/** Of the core on which callers and model are: past it they measure themselves. */
const LOAD_IS_FULL = 0.95;

/**
 * One target carries `calls` calls for some seconds, in processes of its own.
 *
 * @param target - `module` that is the target, `flags` of Node.js that it runs with, the `checkout` whose build it is, and more `words`
 *   that it is started with.
 * @param options - `seconds`, `warmUpSeconds`; `isPinned`: each side has a core of its own; `isTls`: the model is reached by TLS;
 *   `profile`: where to write one.
 */
export function measure(target, calls, { seconds, warmUpSeconds, profile, ...ways }) {
  return carried(target, ways, async (bench) => {
    await bench.add(calls);
    await wait(warmUpSeconds * 1000);
    return bench.figures(seconds, profile);
  });
}

/**
 * How many calls one target carries with the 99th of a hundred frames on its way for less than 20 ms: `step` more, again
 * and again, until it is one step too many. `isLoadFull`: it may carry more, and the callers cannot.
 */
export function ceilingOf(target, { seconds, warmUpSeconds, step, ...ways }) {
  return carried(target, ways, async (bench) => {
    for (let calls = step; ; calls += step) {
      await bench.add(step);
      await wait(calls === step ? warmUpSeconds * 1000 : 3000);
      const { forward, closed, load } = await bench.figures(seconds);
      const isLate = quantile(forward, 0.99) >= LATE_US || closed > 0;
      const isLoadFull = load >= LOAD_IS_FULL;
      if (isLate || isLoadFull) return { calls: calls - step, isLoadFull };
    }
  });
}

/** Starts a target between callers and a model, lets `work` measure it, and ends all. */
export async function carried(target, { isPinned, isTls }, work) {
  const children = [];
  const folder = mkdtempSync(join(tmpdir(), 'callchart-bench-'));
  const start = async (module, args, core, more = {}) => {
    const child = startProcess(module, args, { core: isPinned ? core : undefined, ...more });
    children.push(child);
    return { child, ...(await message(child, 'ready')) };
  };
  try {
    const model = await start('./model.mjs', isTls ? [folder] : [], LOAD_CORE);
    const words = [model.url, folder, target.checkout, ...target.words];
    const more = { flags: target.flags, certificate: model.certificate };
    const carrier = await start(target.module, words, TARGET_CORE, more);
    await wait(SETTLED_MS);
    const idle = await ask(carrier.child, { type: 'reportSettled' }, 'report');
    const callers = await start('./callers.mjs', [carrier.url], LOAD_CORE);
    const ends = { target: carrier.child, model: model.child, callers: callers.child };
    const result = await work(new Bench(ends, idle));
    callers.child.send({ type: 'hangUp' });
    await wait(700);
    return result;
  } finally {
    // Each ends with whatever it has started; one that does not is not waited for.
    for (const child of children) if (child.connected) child.disconnect();
    await wait(300);
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A target with calls on it. */
class Bench {
  #ends;
  #idle;
  #calls = 0;

  constructor(ends, idle) {
    this.#ends = ends;
    this.#idle = idle;
  }

  async add(calls) {
    await ask(this.#ends.callers, { type: 'add', calls }, 'added');
    this.#calls += calls;
  }

  /** So many end, the oldest first, and as many begin. */
  async renew(calls) {
    await ask(this.#ends.callers, { type: 'renew', calls }, 'added');
  }

  /** What it holds when its garbage is gone: memory in MB, open files, and what its event loop waits for. */
  async holds() {
    const { target } = this.#ends;
    const { memory, resources } = await ask(target, { type: 'reportSettled' }, 'report');
    return { ...memory, resources, files: filesOf(target.pid) };
  }

  /** @param profile - a file into which a profile of the target's main thread is written. */
  async figures(seconds, profile) {
    const { target, model, callers } = this.#ends;
    if (profile !== undefined) target.send({ type: 'profile' });
    const before = await ask(target, { type: 'report' }, 'report');
    const usedBefore = this.#used();
    const beganUs = nowUs();
    const order = { type: 'begin', fromUs: beganUs + LEAD_US, toUs: beganUs + LEAD_US + seconds * 1e6 };
    model.send(order);
    callers.send(order);
    await wait(seconds * 1000 + (2 * LEAD_US) / 1000);
    const usedAfter = this.#used();
    const after = await ask(target, { type: 'report' }, 'report');
    const took = (nowUs() - beganUs) / 1e6;
    if (profile !== undefined) target.send({ type: 'profile', file: profile });
    // What was sent at the very end may still be on its way, and a `clear` takes its time.
    await wait(ARRIVE_WITHIN_MS);
    const [heard, spoken] = await Promise.all([
      ask(callers, { type: 'end' }, 'measured'),
      ask(model, { type: 'end' }, 'measured'),
    ]);
    const settled = await ask(target, { type: 'reportSettled' }, 'report');
    return {
      ...this.#costs(before, after, took),
      ...this.#shares(usedBefore, usedAfter, took),
      ...this.#memory(settled),
      ...ways(heard, spoken),
    };
  }

  #used() {
    const { target, model, callers } = this.#ends;
    return [target, model, callers].map(({ pid }) => usageOf(pid));
  }

  #costs(before, after, took) {
    const perCall = (kind) => (after[kind] - before[kind]) / 1000 / (this.#calls * took);
    return {
      cpuMs: perCall('cpuUs'),
      userMs: perCall('userUs'),
      gcShare: after.gc.totalMs / 1000 / took,
      gcLongestMs: after.gc.longestMs,
    };
  }

  /** Of threads and processes, where the system counts them: of a second of a call, and of a core. */
  #shares(before, after, took) {
    if ([...before, ...after].includes(undefined)) return { asideMs: NaN, waitMs: NaN, load: NaN };
    const shareOf = (i, kind) => (after[i][kind] - before[i][kind]) / 1e6 / took;
    const [target, model, callers] = [0, 1, 2];
    return {
      /** Threads beside the main one: V8's helpers, the journal. */
      asideMs: ((shareOf(target, 'cpuUs') - shareOf(target, 'mainCpuUs')) * 1000) / this.#calls,
      waitMs: shareOf(target, 'mainWaitUs') * 1000,
      load: shareOf(model, 'cpuUs') + shareOf(callers, 'cpuUs'),
    };
  }

  #memory({ memory }) {
    const perCallKb = (kind) => ((memory[kind] - this.#idle.memory[kind]) * 1024) / this.#calls;
    return {
      rssKb: perCallKb('rss'),
      heapKb: perCallKb('heapUsed'),
      externalKb: perCallKb('external'),
      idleMb: this.#idle.memory.rss,
    };
  }
}

/** How long what was sent was on its way, each in microseconds, and what never came. */
function ways(heard, spoken) {
  return {
    forward: spoken.forwardUs,
    backward: heard.backwardUs,
    ...reactions(spoken.reports, heard.clears),
    lost: heard.frames - spoken.forwardUs.length,
    frames: heard.frames,
    closed: heard.closed,
  };
}

/** From each report of speech to the `clear` that answers it. */
function reactions(reports, clears) {
  const bargeIn = [];
  let missed = 0;
  for (const [call, at] of reports) {
    const clear = clears.find(
      ([cleared, clearedAt]) => cleared === call && clearedAt >= at && clearedAt - at < 1_000_000,
    );
    if (clear === undefined) missed++;
    else bargeIn.push(clear[1] - at);
  }
  return { bargeIn, missed };
}
