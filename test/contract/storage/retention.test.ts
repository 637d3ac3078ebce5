import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Erasures } from '../../../src/services/erasing/erasures.ts';
import { Retention } from '../../../src/services/erasing/retention.ts';
import { row } from '../../support/call-rows.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { sqliteBackend } from '../../support/journal-backend.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { describeRetention } from './retention-suite.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 25, 12);
/** Its last row comes some seconds after its first. */
const LENGTH_MS = 10_000;

describeRetention('SQLite', sqliteBackend);

const oldCall = (callSid: string, days: number) =>
  shortCall(callSid, { at: NOW - days * DAY_MS - LENGTH_MS });

/** With a journal that answers at once, so that only the sweep itself takes time. */
function open() {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const { store, journal } = storeJournal(file);
  const clock = new VirtualClock(NOW);
  const erasures = new Erasures({ journal });
  const retention = new Retention({ days: 30, journal, erasures, clock, log: new KeptLog() });
  onTestFinished(() => retention.close());
  const callSids = async () =>
    (await journal.query('findCalls', { limit: 200 })).items.map(({ callSid }) => callSid).sort();
  return { file, store, journal, clock, retention, callSids };
}

describe('the sweep for calls past their retention', () => {
  test('calls past their retention are looked for every hour, and nothing is done twice', async () => {
    const { store, journal, clock, retention, callSids } = open();
    journal.record('CA1', oldCall('CA1', 29));
    retention.start();
    await clock.run(23 * HOUR_MS);
    expect(await callSids()).toEqual(['CA1']);
    await clock.run(2 * HOUR_MS);
    expect(await callSids()).toEqual([]);
    let writes = 0;
    store.transact = () => {
      writes++;
      throw new Error('nothing is left to erase');
    };
    await clock.run(50 * HOUR_MS);
    expect(writes).toBe(0);
  });

  test('calls past their retention are erased in pieces, between which there is time for others', async () => {
    const { store, journal, clock, retention } = open();
    const [first, ...rest] = oldCall('CA0', 31);
    if (first === undefined) throw new Error('a call begins with a row');
    const filler = Array.from({ length: 2500 }, () => row('playback.started', {}, { at: first.at }));
    journal.record('CA0', [first, ...filler, ...rest]);
    for (let n = 1; n < 20; n++) journal.record(`CA${String(n)}`, oldCall(`CA${String(n)}`, 31));
    const pieces: number[] = [];
    const transact = store.transact.bind(store);
    store.transact = (name, args) => {
      if (name === 'eraseCall') pieces.push(clock.now() - NOW);
      return transact(name, args);
    };
    retention.start();
    await clock.run(10_000);
    // The long call takes seven; then one every 50 ms.
    expect(pieces).toHaveLength(26);
    expect(pieces.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 50]);
    expect(pieces.at(-1)).toBe(19 * 50);
  });

  test('calls past their retention are left alone once the engine closes', async () => {
    const { journal, clock, retention, callSids } = open();
    for (let n = 0; n < 9; n++) journal.record(`CA${String(n)}`, oldCall(`CA${String(n)}`, 31));
    retention.start();
    await clock.run(120);
    await retention.close();
    expect(await callSids()).toHaveLength(6);
    expect(clock.pending).toBe(0);
  });

  test('the sweep for calls past their retention takes their words out of the file within a day', async () => {
    const { file, journal, clock, retention } = open();
    const isOnDisk = () => [file, `${file}-wal`].some((each) => readFileSync(each).includes(SECRET_WORD));
    for (let n = 0; n < 30; n++) journal.record(`CA${String(n)}`, oldCall(`CA${String(n)}`, 31));
    expect(isOnDisk()).toBe(true);
    retention.start();
    await clock.run(25 * HOUR_MS);
    expect(isOnDisk()).toBe(false);
  });
});
