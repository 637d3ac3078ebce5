/**
 * docs/reference/performance.md: what the benches have measured last, as `npm run bench -- --write` left it in
 * `bench/measured.json`; storage-figures.ts has what is told of the store.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { page, table } from './support/page-parts.ts';
import { storageFigures } from './storage-figures.ts';

const MEASURED = new URL('../bench/measured.json', import.meta.url);

/** At 50 %, 99 %, 99.9 % and the longest, in ms. */
const Delays = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** One target with so many calls: medians of the repetitions. Ms are of each second of a call, KB of each call. */
const Row = z.object({
  calls: z.int(),
  target: z.string(),
  cpuMs: z.number(),
  asideMs: z.number(),
  ratio: z.number(),
  ratioFrom: z.number(),
  ratioTo: z.number(),
  waitMs: z.number(),
  forwardMs: Delays,
  backwardMs: Delays,
  bargeInMs: Delays,
  gcShare: z.number(),
  gcLongestMs: z.number(),
  rssKb: z.number(),
  heapKb: z.number(),
  externalKb: z.number(),
  idleMb: z.number(),
  load: z.number(),
  lost: z.int(),
  missed: z.int(),
  closed: z.int(),
});
type Row = z.infer<typeof Row>;

/** Of several processes together: what only one knows of itself is not there. */
const Together = Row.pick({ calls: true, target: true, cpuMs: true, forwardMs: true, bargeInMs: true });

const Soak = z.object({
  calls: z.int(),
  minutes: z.number(),
  /** So many calls ended meanwhile, and others began. */
  renewed: z.int(),
  grown: z.array(z.object({ what: z.string(), first: z.number(), last: z.number() })),
});

const Measured = z.object({
  machine: z.string(),
  on: z.iso.date(),
  seconds: z.number(),
  warmUpSeconds: z.number(),
  repetitions: z.int(),
  rows: z.array(Row),
  /** With TLS to the model. */
  tls: z.array(Row).default([]),
  workers: z.array(Together).default([]),
  simulator: z.array(Row.pick({ calls: true, target: true, cpuMs: true })).default([]),
  soak: Soak.optional(),
  /** The most calls with p99 < 20 ms, by target. */
  ceilings: z.record(z.string(), z.array(z.object({ calls: z.int(), isLoadFull: z.boolean() }))),
});
type Measured = z.infer<typeof Measured>;

/** A share of the core on which callers and model are: past it they measure themselves. */
const FULL = 0.95;
/** What a core is planned with: past it a burst of calls is heard by the others. */
const PLANNED_SHARE = 0.6;

export function performancePage(): string {
  const measured = Measured.parse(JSON.parse(readFileSync(MEASURED, 'utf8')));
  const rows = measured.rows.filter(({ load }) => load < FULL);
  return page(
    'Performance',
    `Measured by \`npm run bench -- --write\` on ${measured.on}, ${measured.machine}: the engine, journal on, and a bare relay carry the same
calls in turns, each with all its threads on one core; callers and model are on another one. A caller sends 50 frames a second, the agent speaks
three seconds of every eight and is interrupted in each reply. ${String(measured.seconds)} s after ${String(measured.warmUpSeconds)} s of warm-up, medians of ${String(measured.repetitions)} repetitions. The relay splices
one message into the other and knows nothing else: no signature, no marks, no chart, no journal. On machines that others use, too, a figure
by itself says little; ratios of one run do. What was measured where callers and model had no core left for themselves is not told.`,
    '## Processor',
    costs(rows),
    'Other threads are the journal and the garbage collector. The run queue is how long the thread of the calls waited for its core, in ms of each second.',
    ...tls(measured),
    ...simulator(measured),
    '## Delay',
    delays(rows),
    'From one end of the engine to the other, at 50 %, 99 %, 99.9 % and the longest, in ms. A barge-in is from the report of speech to the `clear`.',
    '## Memory',
    memory(rows),
    `Of a process without simulator and console; what a call adds is measured in a run of its own, after a collection of garbage. With calls
there are up to 35 MB more, room for new objects, which does not grow with them.`,
    ...soak(measured),
    '## How many calls',
    ...ceilings(measured),
    ...workers(measured),
    sizing(rows),
    ...storageFigures(),
  );
}

function tls({ tls: rows }: Measured): string[] {
  if (rows.length === 0) return [];
  return [
    'With TLS to the model, both of them. The carrier comes by a proxy, which has its TLS.',
    costs(rows),
    `Of ten messages that the engine reads one comes from the model: for TLS, the way of plain connections past Node's streams
(\`src/services/sockets/read-in-place.ts\`) would bring a tenth of what it brings on the carrier's side, so it has none.`,
  ];
}

function simulator({ simulator: rows }: Measured): string[] {
  return rows
    .filter(({ target }) => target === 'simulator')
    .map(
      ({ calls, cpuMs }) =>
        `With its own simulator as the model, in the same process, the engine takes ${two(cpuMs)} ms of each second of a call (${String(calls)} calls, to which nobody speaks): ears and voice are in it.`,
    );
}

function soak({ soak: found }: Measured): string[] {
  if (found === undefined) return [];
  const { calls, minutes, renewed, grown } = found;
  return [
    `${String(calls)} calls for ${String(minutes)} minutes, of which ${String(renewed)} ended and as many others began, after a collection of garbage each minute:`,
    table(
      ['', 'first third', 'last third'],
      grown.map(({ what, first, last }) => [what, two(first), two(last)]),
    ),
  ];
}

/** What two carry beside one, by what a call costs. */
function workers({ workers: rows }: Measured): string[] {
  const [one, both] = ['engine', 'workers'].map((name) => rows.find(({ target }) => target === name));
  if (one === undefined || both === undefined) return [];
  return [
    `Two workers with ${String(both.calls)} calls take ${two(both.cpuMs)} ms of each second of a call, with the process that watches over them and has the
journal; one engine with ${String(one.calls)} ${two(one.cpuMs)}: on two cores they carry ${two((2 * one.cpuMs) / both.cpuMs)} times as many.`,
  ];
}

function costs(rows: readonly Row[]): string {
  return table(
    [
      'calls',
      'target',
      'CPU, ms of each second of a call',
      'of these, other threads',
      'x relay (from, to)',
      'run queue',
    ],
    rows.map((row) => [
      String(row.calls),
      row.target,
      two(row.cpuMs),
      two(row.asideMs),
      `${two(row.ratio)} (${two(row.ratioFrom)}, ${two(row.ratioTo)})`,
      row.waitMs.toFixed(0),
    ]),
  );
}

function delays(rows: readonly Row[]): string {
  return table(
    [
      'calls',
      'target',
      'to the model',
      'to the caller',
      'barge-in',
      'longest collection',
      'lost frames, barge-ins, calls',
    ],
    rows.map((row) => [
      String(row.calls),
      row.target,
      ...[row.forwardMs, row.backwardMs, row.bargeInMs].map((figures) => figures.map(oneOf).join(' / ')),
      oneOf(row.gcLongestMs),
      `${String(Math.max(0, row.lost))}, ${String(row.missed)}, ${String(row.closed)}`,
    ]),
  );
}

function memory(rows: readonly Row[]): string {
  return table(
    [
      'calls',
      'target',
      'before the first call, MB',
      'each call, KB',
      'of it objects',
      'of it bytes of buffers',
    ],
    rows.map((row) => [
      String(row.calls),
      row.target,
      row.idleMb.toFixed(0),
      row.rssKb.toFixed(0),
      row.heapKb.toFixed(0),
      row.externalKb.toFixed(0),
    ]),
  );
}

function ceilings({ ceilings: found }: Measured): string[] {
  if (Object.keys(found).length === 0) return [];
  const lines = Object.entries(found).map(([target, each]) => [
    target,
    each.map(({ calls, isLoadFull }) => `${String(calls)}${isLoadFull ? ' or more' : ''}`).join(', '),
  ]);
  return [table(['target', 'most calls of one core with 99 % of frames under 20 ms'], lines)];
}

/** What a server needs, by the most calls that were measured. */
function sizing(rows: readonly Row[]): string {
  const most = rows.findLast(({ target }) => target === 'engine');
  if (most === undefined) return '';
  const perCore = Math.floor((PLANNED_SHARE * 1000) / most.cpuMs / 10) * 10;
  return `To size a server of such cores: ${String(perCore)} calls a core (${String(PLANNED_SHARE * 100)} % of it, at ${two(most.cpuMs)} ms a second), one worker a core and one
core more for the journal of several workers and the proxy; ${String(Math.ceil(most.idleMb))} MB for each worker and ${String(Math.ceil(most.rssKb))} KB for each call.`;
}

const two = (figure: number) => figure.toFixed(2);
const oneOf = (figure: number) => figure.toFixed(1);
