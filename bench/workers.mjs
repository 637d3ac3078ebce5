/** The engine as two workers, started as an operator starts it: what they cost together, with the process that watches over them. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { engineSettings } from './engine-settings.mjs';
import { familyOf, residentBytes, usageOf } from './machine.mjs';

const MB = 1024 * 1024;
const STARTS_WITHIN_MS = 20_000;

const [modelUrl, folder, checkout] = process.argv.slice(2);
const port = await freePort();
const url = `http://127.0.0.1:${String(port)}`;
const engine = spawn(process.execPath, [join(checkout, 'dist', 'cli', 'main.js'), 'serve'], {
  env: { ...engineSettings(folder, modelUrl), PATH: process.env.PATH, WORKERS: '2', PORT: String(port) },
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.once('exit', () => {
  for (const pid of familyOf(engine.pid)) process.kill(pid, 'SIGKILL');
});
await ready();
process.send({ type: 'ready', url });

process.on('message', ({ type }) => {
  if (type !== 'report' && type !== 'reportSettled') return;
  const rss = familyOf(engine.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
  process.send({
    type: 'report',
    cpuUs: usageOf(engine.pid).cpuUs,
    // What only a process knows of itself.
    ...{ userUs: NaN, memory: { rss: rss / MB, heapUsed: NaN, heapTotal: NaN, external: NaN } },
    ...{ gc: { totalMs: NaN, longestMs: NaN }, resources: NaN },
  });
});
process.on('disconnect', () => process.exit());

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function ready() {
  for (const began = Date.now(); Date.now() - began < STARTS_WITHIN_MS; await wait(100)) {
    const answer = await globalThis.fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error('two workers do not start');
}
