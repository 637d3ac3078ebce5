/**
 * What watching costs those who talk: `node --expose-gc bench/live-feed.mjs --calls 50 --pages 10`.
 *
 * The built engine carries the same calls by turns without and with open pages.
 * Each page shows the list and follows one call, as the console does, or with
 * `--follow all` every call at once. The figures are the audio's delay through
 * the engine, both ways, and its CPU time. Compare ratios of one run only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { median, quantile } from './figures.mjs';
import { ask, LOAD_CORE, message, startProcess, TARGET_CORE } from './processes.mjs';
import { nowUs } from './stamp.mjs';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '50' },
    pages: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    follow: { type: 'string', default: 'one' },
    /** Set for the process that holds the pages: where the engine is. */
    watch: { type: 'string' },
  },
});
const WARM_UP_MS = 4000;
const LEAD_US = 100_000;
const ARRIVE_WITHIN_MS = 1000;
const seconds = Number(values.seconds);

if (values.watch === undefined) await compare();
else watch(values.watch, Number(values.pages));

/** Opens the pages, and counts what they are told. */
function watch(url, pages) {
  let [messages, bytes, rows] = [0, 0, 0];
  for (let page = 0; page < pages; page++) {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/live`);
    const follow = (callSids) => socket.send(JSON.stringify({ type: 'subscribe', callSids }));
    let isFollowing = values.follow === 'all';
    socket.on('open', () => follow(isFollowing ? 'all' : []));
    socket.on('close', (code) => {
      throw new Error(`a page was closed: ${String(code)}`);
    });
    socket.on('message', (data) => {
      messages++;
      bytes += data.length;
      const message = JSON.parse(data);
      if (message.type === 'rows') rows += message.rows.length;
      if (isFollowing || message.type !== 'calls' || message.calls.length <= page) return;
      isFollowing = true;
      follow([message.calls[page].callSid]);
    });
  }
  process.on('message', () => process.send({ type: 'told', messages, bytes, rows }));
  process.send({ type: 'ready' });
}

async function compare() {
  const runs = { without: [], with: [] };
  for (let repetition = 1; repetition <= Number(values.repetitions); repetition++) {
    for (const name of ['without', 'with']) {
      process.stderr.write(`${values.calls} calls, ${name} pages, repetition ${String(repetition)}\n`);
      runs[name].push(await measure(name === 'with' ? Number(values.pages) : 0));
    }
  }
  for (const [name, own] of Object.entries(runs)) {
    const over = (field, share) => median(own.map((run) => quantile(run[field], share) / 1000)).toFixed(3);
    const of = (field) => median(own.map((run) => run[field])).toFixed(2);
    process.stdout.write(
      `${name.padEnd(8)} pages: forward p50 ${over('forward', 0.5)} p99 ${over('forward', 0.99)} ms, ` +
        `backward p50 ${over('backward', 0.5)} p99 ${over('backward', 0.99)} ms, ` +
        `cpu ${of('cpuMs')} ms a second and call, told ${of('messages')} messages, ${of('rows')} rows, ${of('kilobytes')} KB a second and page\n`,
    );
  }
}

async function measure(pages) {
  const children = [];
  const folder = mkdtempSync(join(tmpdir(), 'callchart-bench-'));
  const begin = (module, args, core) => {
    const child = startProcess(module, args, { core });
    children.push(child);
    return child;
  };
  try {
    const model = begin('./model.mjs', [], LOAD_CORE);
    const { url: modelUrl } = await message(model, 'ready');
    const engine = begin(
      './engine.mjs',
      [modelUrl, folder, fileURLToPath(new URL('..', import.meta.url))],
      TARGET_CORE,
    );
    const { url } = await message(engine, 'ready');
    const viewers = begin(
      './live-feed.mjs',
      ['--watch', url, '--pages', String(pages), '--follow', values.follow],
      LOAD_CORE,
    );
    await message(viewers, 'ready');
    const callers = begin('./callers.mjs', [url], LOAD_CORE);
    await message(callers, 'ready');
    await ask(callers, { type: 'add', calls: Number(values.calls) }, 'added');
    await wait(WARM_UP_MS);

    const [before, toldBefore] = [
      await ask(engine, { type: 'report' }, 'report'),
      await ask(viewers, { type: 'tell' }, 'told'),
    ];
    const beganUs = nowUs();
    const order = { type: 'begin', fromUs: beganUs + LEAD_US, toUs: beganUs + LEAD_US + seconds * 1e6 };
    model.send(order);
    callers.send(order);
    await wait(seconds * 1000 + (2 * LEAD_US) / 1000);
    const [after, told] = [
      await ask(engine, { type: 'report' }, 'report'),
      await ask(viewers, { type: 'tell' }, 'told'),
    ];
    const took = (nowUs() - beganUs) / 1e6;
    await wait(ARRIVE_WITHIN_MS);
    const [heard, spoken] = [
      await ask(callers, { type: 'end' }, 'measured'),
      await ask(model, { type: 'end' }, 'measured'),
    ];
    const perPage = (field) => (told[field] - toldBefore[field]) / took / Math.max(1, pages);
    return {
      forward: spoken.forwardUs,
      backward: heard.backwardUs,
      cpuMs: (after.cpuUs - before.cpuUs) / 1000 / (Number(values.calls) * took),
      messages: perPage('messages'),
      rows: perPage('rows'),
      kilobytes: perPage('bytes') / 1024,
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
