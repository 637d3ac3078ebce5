/** Of docs/reference/performance.md what `npm run bench:records -- --write` left in `bench/records.json`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { table } from './support/page-parts.ts';

const MEASURED = new URL('../bench/records.json', import.meta.url);

/** In ms: at 50 %, at 95 or 99 %, and the longest. */
const Spread = z.tuple([z.number(), z.number(), z.number()]);

/** While a hundred calls recorded: how long a row waited until it was durable, and how late their thread was at most. */
const Beside = z.object({ waitMs: Spread, loopMs: z.number() });
type Beside = z.infer<typeof Beside>;

const Size = z.object({
  machine: z.string(),
  on: z.iso.date(),
  calls: z.int(),
  megabytes: z.int(),
  openMs: z.number(),
  rest: Beside,
  questions: z.array(Beside.extend({ name: z.string(), aloneMs: Spread, liveMs: Spread })),
  acts: z.array(Beside.extend({ name: z.string(), times: z.int(), tookMs: z.number() })),
});
type Size = z.infer<typeof Size>;

/** Shorter ones are not told one by one, in ms. */
const TOLD_MS = 10;

/** The parts of the page: how the store does with many calls. */
export function storageFigures(): string[] {
  const { sizes } = z.object({ sizes: z.array(Size) }).parse(JSON.parse(readFileSync(MEASURED, 'utf8')));
  const last = sizes.at(-1);
  if (last === undefined) return [];
  return [
    '## Storage',
    `Measured by \`npm run bench:records -- --write\` on ${last.on}, ${last.machine}: calls of a year, some forty rows each, as they were recorded
once, written by the engine's own store; more than 100,000 are copies of so many. Everything that the console, the API and the engine ask is asked
through the journal's client, by itself, and while a hundred calls begin, end and record three rows a second each.`,
    summary(sizes),
    'Opening reads the whole file, to see that it is sound. A row waits until it is on the disk, at 50 %, 99 % and the longest.',
    questions(sizes),
    `Of ${String(last.questions.length)} questions those that take ${String(TOLD_MS)} ms or more by themselves: at 50 %, 95 % and the longest, in ms. Then the longest that
a row of a live call waited meanwhile, and the longest that the thread of the calls was late, in ms.`,
    acts(sizes),
    'The copy is made by another process, as a backup is: at its end the disk is busy with all of it.',
  ];
}

const summary = (sizes: readonly Size[]) =>
  table(
    ['calls', 'database, MB', 'opened after, s', 'a row waits, ms', 'the thread is late, ms'],
    sizes.map(({ calls, megabytes, openMs, rest }) => [
      grouped(calls),
      grouped(megabytes),
      one(openMs / 1000),
      slashed(rest.waitMs),
      one(rest.loopMs),
    ]),
  );

function questions(sizes: readonly Size[]): string {
  const rows = sizes.flatMap(({ calls, questions: all }) =>
    all
      .filter(({ aloneMs: [median] }) => median >= TOLD_MS)
      .map(({ name, aloneMs, ...beside }) => [grouped(calls), name, slashed(aloneMs), ...waits(beside)]),
  );
  return table(['calls', 'asked', 'takes', 'a row waits', 'the thread is late'], rows);
}

function acts(sizes: readonly Size[]): string {
  const rows = sizes.flatMap(({ calls, acts: all }) =>
    all.map(({ name, times, tookMs, ...beside }) => [
      grouped(calls),
      times === 1 ? name : `${name}, ${grouped(times)} of them`,
      one(tookMs / 1000),
      ...waits(beside),
    ]),
  );
  return table(['calls', 'done', 'takes, s', 'a row waits, ms', 'the thread is late, ms'], rows);
}

const waits = ({ waitMs, loopMs }: Beside) => [one(waitMs[2]), one(loopMs)];
const slashed = (figures: readonly number[]) => figures.map(one).join(' / ');
const one = (figure: number) => figure.toFixed(1);
const grouped = (count: number) => count.toLocaleString('en');
