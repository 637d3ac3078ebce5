import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RescueFile } from '../../../src/services/storage/client/rescue-file.ts';
import type { WriteRequest } from '../../../src/services/storage/sqlite/journal-messages.ts';
import { row } from '../../support/call-rows.ts';
import { damageDatabase } from '../../support/damage.ts';
import { LogLines, temporaryFolder, testJournal, Threads } from '../../support/journal.ts';
import { accept, append, eventsOf } from '../../support/journal-requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;
const PATIENCE = { timeout: 10_000, interval: 5 };

const rescueFileIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith('rescue-'))
    .map((name) => join(folder, name))[0];

/** What stands in a file of rescued rows, a line each. */
const rescuedIn = (folder: string): unknown[] => {
  const file = rescueFileIn(folder);
  if (file === undefined) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
};

/** What the thread is given of one recorded row. */
const recorded = (id: number, event: string): WriteRequest => {
  const { body, ...rest } = row(event);
  return {
    kind: 'record',
    id,
    entries: [{ callSid: 'CA1', rows: [{ ...rest, body: JSON.stringify(body) }] }],
  };
};

describe('rows that the database does not take', () => {
  test('rows that the database does not take until the end are in a file beside it, for the engine’s user alone', async () => {
    const folder = temporaryFolder();
    const log = new LogLines();
    const file = join(folder, 'calls.sqlite');
    const journal = await testJournal({ file, log, maxFileBytes: 500_000 });
    for (let n = 0; n < 20; n++)
      journal.record('CA1', [row('larger than the disk', { n, filler: 'x'.repeat(60_000) })]);
    await expect(append(journal, 'refused')).rejects.toThrow('SQLITE_FULL');
    await journal.keep('endCall', { callSid: 'CA1', reason: 'completed', at: 7 });
    await expect(journal.close()).rejects.toThrow(
      /2 writes could not be stored and are in .*rescue-.*\.jsonl$/,
    );

    expect(statSync(rescueFileIn(folder) ?? '').mode & 0o777).toBe(0o600);
    const lines = rescuedIn(folder);
    expect(lines).toHaveLength(21);
    expect(lines[3]).toMatchObject({ callSid: 'CA1', event: 'larger than the disk', body: { n: 3 } });
    expect(lines[20]).toEqual({
      transaction: 'endCall',
      args: { callSid: 'CA1', reason: 'completed', at: 7 },
    });
    expect(log.lines).toContain('error rows that the database does not take go into a file');
  });

  test('rows that a damaged database does not take are in the file as they come, and nothing else is done', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'calls.sqlite');
    const journal = await testJournal({ file });
    await accept(journal);
    damageDatabase(file);
    const damaged = readFileSync(file);
    journal.record('CA1', [row('a')]);
    await expect.poll(() => journal.trouble, PATIENCE).toBe('damaged');
    journal.record('CA1', [row('b')]);
    await expect(append(journal, 'refused')).rejects.toThrow(UNAVAILABLE);
    await journal.keep('endCall', { callSid: 'CA1', reason: 'completed', at: 7 });
    await expect
      .poll(() => rescuedIn(folder), PATIENCE)
      .toMatchObject([{ event: 'a' }, { event: 'b' }, { transaction: 'endCall' }]);
    expect(readFileSync(file).equals(damaged)).toBe(true);
  });

  test('rows that are in the file are in the database when it is whole again, and the file is gone', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'calls.sqlite');
    const threads = new Threads();
    const journal = await testJournal({ file, start: threads.start });
    await accept(journal);
    const heal = damageDatabase(file);
    journal.record('CA1', [row('a')]);
    await expect.poll(() => rescuedIn(folder), PATIENCE).toHaveLength(1);
    heal();
    await threads.kill();
    await expect.poll(() => journal.trouble, PATIENCE).toBeUndefined();
    expect(await eventsOf(journal)).toEqual(['1 call.accepted', '2 a']);
    await expect.poll(() => rescueFileIn(folder), PATIENCE).toBeUndefined();
  });

  test('rows that a journal without a thread still has are in the file when the process ends', async () => {
    const folder = temporaryFolder();
    const threads = new Threads();
    const journal = await testJournal({ file: join(folder, 'calls.sqlite'), start: threads.start });
    await append(journal, 'a');
    await threads.kill();
    await append(journal, 'b');
    const killed = threads.kill();
    journal.record('CA1', [row('c')]);
    await killed;
    expect(await journal.broken).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    expect(await journal.endWithin(200)).toBe(true);
    expect(rescuedIn(folder)).toMatchObject([{ event: 'c' }]);
  });

  test('rows that a disk that hangs does not take are in the file when the process ends whatever comes of it', async () => {
    const folder = temporaryFolder();
    const threads = new Threads();
    const journal = await testJournal({ file: join(folder, 'calls.sqlite'), start: threads.start });
    threads.hang();
    journal.record('CA1', [row('a')]);
    expect(await journal.endWithin(200)).toBe(true);
    expect(rescuedIn(folder)).toMatchObject([{ event: 'a' }]);
  });

  test('rows that two workers rescue in the same moment are in a file of each', async () => {
    const databaseFile = join(temporaryFolder(), 'calls.sqlite');
    const clock = new VirtualClock();
    const files = await Promise.all(
      ['a', 'b'].map((name) => {
        const rescue = new RescueFile({ databaseFile, clock, log: new LogLines() });
        return rescue.end([recorded(1, name)]);
      }),
    );
    expect(new Set(files).size).toBe(2);
    expect(files.map((file = '') => readFileSync(file, 'utf8').includes('"event":"a"'))).toEqual([
      true,
      false,
    ]);
  });

  test('rows whose file cannot be written are in it once it can, in their order', async () => {
    const folder = join(temporaryFolder(), 'gone');
    const log = new LogLines();
    const rescue = new RescueFile({
      databaseFile: join(folder, 'calls.sqlite'),
      clock: new VirtualClock(),
      log,
    });
    expect(await rescue.add([recorded(1, 'a')])).toBeUndefined();
    expect(log.lines).toEqual(['error the file for rescued rows cannot be written']);
    mkdirSync(folder);
    await rescue.end([recorded(1, 'a'), recorded(2, 'b')]);
    expect(rescuedIn(folder)).toMatchObject([{ event: 'a' }, { event: 'b' }]);
  });

  test('rows of a database in memory have no file to go to', async () => {
    const threads = new Threads();
    const journal = await testJournal({ start: threads.start });
    await append(journal, 'a');
    await threads.kill();
    await append(journal, 'b');
    const killed = threads.kill();
    journal.record('CA1', [row('c')]);
    await killed;
    await journal.broken;
    await expect(journal.close()).rejects.toThrow('1 writes could not be stored and are lost');
    expect(rescueFileIn('.')).toBeUndefined();
  });
});
