/**
 * How long a durable row takes while many calls record, and what recording
 * costs the thread that serves them.
 *
 * `node bench/journal-ack.mjs [module]`; the module is the built journal.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';

const CALLS = 400;
const ROWS_PER_CALL_AND_SECOND = 10;
const SECONDS = 5;
const TICK_MS = 20;
/** One durable row each tick: 50 a second. */
const TICKS = (SECONDS * 1000) / TICK_MS;

const module = process.argv[2] ?? '../dist/services/storage/client/sqlite-journal.js';
const { openJournal } = await import(module);
const folder = mkdtempSync(join(tmpdir(), 'callchart-bench-'));
const quiet = () => undefined;
const clock = { now: () => Date.now(), steady: () => Date.now(), setTimeout: quiet, clearTimeout: quiet };
const log = { info: quiet, warn: quiet, error: quiet };
const journal = await openJournal({ file: join(folder, 'calls.sqlite'), clock, log });

const row = (event) => ({
  at: Date.now(),
  from: 'model',
  to: 'call',
  taken: null,
  regions: {},
  event,
  state: 'conversing.listening.quiet',
  body: { itemId: 'item_0123456789', text: 'A sentence of the length that people speak on the phone.' },
});
const acksMs = [];
let recordMs = 0;
let recorded = 0;
const rowsPerTick = (CALLS * ROWS_PER_CALL_AND_SECOND * TICK_MS) / 1000;

for (let tick = 0; tick < TICKS; tick++) {
  const from = performance.now();
  for (let n = 0; n < rowsPerTick; n++) journal.record(`CA${recorded++ % CALLS}`, [row('caller.said')]);
  recordMs += performance.now() - from;
  const asked = performance.now();
  journal
    .transact('append', { callSid: `CA${tick % CALLS}`, rows: [row('tool.settled')] })
    .then(() => acksMs.push(performance.now() - asked));
  await after(TICK_MS);
}
await journal.close();
rmSync(folder, { recursive: true });

acksMs.sort((a, b) => a - b);
const percentile = (p) => acksMs[Math.min(acksMs.length - 1, Math.floor(acksMs.length * p))].toFixed(1);
process.stdout.write(
  `journal: ${recorded} rows and ${acksMs.length} durable ones in ${SECONDS} s: ` +
    `ack p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, max ${percentile(1)} ms; ` +
    `record ${((recordMs * 1000) / recorded).toFixed(1)} us a row\n`,
);
