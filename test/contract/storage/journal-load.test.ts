import type { OwnJournal } from '../../../src/services/storage/client/own-journal.ts';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import { row } from '../../support/call-rows.ts';
import { temporaryFolder, testJournal, Threads } from '../../support/journal.ts';
import { eventsOf } from '../../support/journal-requests.ts';

const PATIENCE = { timeout: 10_000, interval: 5 };

/** What a scrape says of a journal, by the part of the metric's name that is its own. */
function scrapes(journal: OwnJournal) {
  const metrics = new Metrics(() => 0);
  metrics.watchJournal(() => journal.load);
  return async (name: string): Promise<number> => {
    const { text } = await metrics.exposition();
    const line = text.split('\n').find((each) => each.startsWith(`callchart_journal_${name} `));
    return Number(line?.split(' ').at(-1));
  };
}

test('a scrape says how long the oldest write waits for a disk that hangs, and how much waits, and that it does no longer', async () => {
  const threads = new Threads();
  const journal = await testJournal({ start: threads.start });
  const scrape = scrapes(journal);
  threads.hang();
  journal.record('CA1', [row('a')]);
  await expect.poll(() => scrape('lag_seconds'), PATIENCE).toBeGreaterThan(0.2);
  expect(await scrape('waiting_bytes')).toBeGreaterThan(100);
  expect(await scrape('trouble{trouble="slow"}')).toBe(0);
  await expect.poll(() => scrape('trouble{trouble="slow"}'), PATIENCE).toBe(1);
  expect(await scrape('lag_seconds')).toBeGreaterThan(5);
  threads.goOn();
  await expect.poll(() => eventsOf(journal), PATIENCE).toEqual(['1 a']);
  for (const name of ['lag_seconds', 'waiting_bytes', 'trouble{trouble="slow"}'])
    expect(await scrape(name)).toBe(0);
});

test('a scrape says what keeps a journal from taking anything, and how many rows were lost', async () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  let faults = 0;
  const journal = await testJournal({ file, maxQueuedBytes: 2000, countFault: () => (faults += 1) });
  const scrape = scrapes(journal);
  const other = new Sqlite(file);
  other.exec('BEGIN IMMEDIATE');
  for (let n = 0; n < 100; n++) journal.record('CA1', [row(`a${String(n)}`)]);
  await expect.poll(() => scrape('trouble{trouble="locked"}'), PATIENCE).toBe(1);
  expect(await scrape('trouble{trouble="full"}')).toBe(0);
  other.exec('COMMIT');
  other.close();
  await expect.poll(() => scrape('trouble{trouble="locked"}'), PATIENCE).toBe(0);
  // One for all the times that it was tried meanwhile.
  expect(faults).toBe(1);
  const stored = async () => (await journal.query('events', { callSid: 'CA1' })).at(-1);
  await expect.poll(stored, PATIENCE).toMatchObject({ event: 'rows.dropped' });
  expect((await stored())?.body).toEqual({ rows: await scrape('rows_dropped_total') });
});
