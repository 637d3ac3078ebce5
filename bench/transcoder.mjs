/**
 * What a session of PCM16 costs beside one of mu-law: CPU time of the
 * transcoder for 20 ms of a call, both ways. `node --expose-gc bench/transcoder.mjs`
 * after a build. Deltas of 200 ms, as a model sends them; frames of 20 ms, as a phone does.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Pcm16Transcoder } from '../dist/services/openai/session/pcm16-transcoder.js';
import { median, quantile } from './figures.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '2' }, repetitions: { type: 'string', default: '15' } },
});
/** The goal for both ways together, in microseconds of CPU for 20 ms of a call. */
const GOAL_US = 150;
const FRAME_MS = 20;
const DELTA_MS = 200;
const frames = (Number(values.minutes) * 60_000) / FRAME_MS;

const base64 = (bytes) => Buffer.from(bytes.toString('base64'), 'latin1');
/** Speech-like noise: silence would be kinder to caches and branches. */
const noise = (length) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 2_654_435_761) >>> 24));
const frame = base64(noise(FRAME_MS * 8));
const delta = base64(noise(DELTA_MS * 48));
const swallow = () => undefined;

function toModel(transcoder) {
  for (let i = 0; i < frames; i++) transcoder.toModel(frame, 0, frame.length, swallow);
}

function toLine(transcoder) {
  const deltas = frames / (DELTA_MS / FRAME_MS);
  for (let i = 0; i < deltas; i++) transcoder.toLine('item', delta, 0, delta.length, swallow);
}

/** Microseconds of CPU for each 20 ms. */
function measure(work) {
  const transcoder = new Pcm16Transcoder();
  globalThis.gc?.();
  const before = process.cpuUsage();
  work(transcoder);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / frames;
}

const ways = { 'caller to model': toModel, 'model to caller': toLine };
const rows = Object.entries(ways).map(([name, work]) => {
  measure(work); // Compiled by now.
  const figures = Array.from({ length: Number(values.repetitions) }, () => measure(work));
  return { name, median: median(figures), worst: quantile(figures, 1) };
});
const both = rows.reduce((sum, row) => sum + row.median, 0);
const worst = rows.reduce((sum, row) => sum + row.worst, 0);
for (const row of [...rows, { name: 'both ways', median: both, worst }]) {
  const figures = `${row.median.toFixed(1).padStart(6)} us, at worst ${row.worst.toFixed(1).padStart(6)} us`;
  process.stdout.write(`${row.name.padEnd(16)}${figures}\n`);
}
process.stdout.write(
  `CPU time for 20 ms of a call; goal: both ways within ${String(GOAL_US)} us, ${both <= GOAL_US ? 'met' : 'missed'}\n`,
);
process.exitCode = both <= GOAL_US ? 0 : 1;
