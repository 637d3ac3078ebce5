import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Worker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { LogLines, temporaryFolder, testJournal } from '../../support/journal.ts';
import { accept, append, eventsOf } from '../../support/journal-requests.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;

describe('a disk that refuses', () => {
  const troubleOf = (journal: Journal) =>
    expect.poll(() => journal.trouble, { timeout: 10_000, interval: 5 });

  test('a disk that is full makes rows wait and rejects transactions, and all goes on by itself', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const log = new LogLines();
    const journal = await testJournal({ file, log, maxFileBytes: 1_200_000 });
    const filler = 'x'.repeat(10_000);
    const isStored: boolean[] = [];
    for (let n = 0; n < 200 && journal.trouble === undefined; n++) {
      await journal
        .transact('append', { callSid: 'CA_filler', rows: [row('filler', { filler })] })
        .then(() => isStored.push(true))
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
          expect(String(error)).toContain('SQLITE_FULL');
        });
    }
    expect(isStored.length).toBeGreaterThan(50);
    expect(journal.trouble).toBe('full');

    // Twice 30 rows are more than the thread is given at once: the second half waits with the client.
    for (let n = 0; n < 60; n++) {
      journal.record('CA1', [row(`b${String(n)}`, { filler })]);
      if (n === 29) expect(await eventsOf(journal)).toEqual([]);
    }
    await expect(append(journal, 'refused')).rejects.toThrow(UNAVAILABLE);
    expect((await journal.query('events', { callSid: 'CA_filler' })).length).toBe(isStored.length);
    expect(await eventsOf(journal)).toEqual([]);

    // The operator makes room.
    const operator = new Sqlite(file);
    operator.prepare('DELETE FROM events').run();
    operator.close();
    await expect.poll(() => eventsOf(journal), { timeout: 4000 }).toHaveLength(60);
    expect(await eventsOf(journal)).toEqual(
      Array.from({ length: 60 }, (_, n) => `${String(n + 1)} b${String(n)}`),
    );
    await troubleOf(journal).toBeUndefined();
    expect(log.lines).toEqual(['error journal refuses writes', 'warn journal accepts writes again']);
  });

  test('a database that another program locks refuses a transaction that has waited for it and the next one at once, and all goes on when it is free', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file });
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    journal.record('CA1', [row('a')]);
    const began = performance.now();
    await expect(append(journal, 'refused')).rejects.toThrow('SQLITE_BUSY');
    // 1.5 s, and others use the machine, too.
    expect(performance.now() - began).toBeLessThan(2500);
    const isAsked = vi.spyOn(Worker.prototype, 'postMessage');
    await expect(append(journal, 'refused')).rejects.toThrow('SQLITE_BUSY');
    expect(isAsked).not.toHaveBeenCalled();
    isAsked.mockRestore();
    expect(journal.trouble).toBe('locked');
    other.exec('COMMIT');
    other.close();
    await troubleOf(journal).toBeUndefined();
    expect(await eventsOf(journal)).toEqual(['1 a']);
  });

  test('a disk that refuses is told what has happened all the same, and has it in its order later', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file });
    await accept(journal);
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    journal.record('CA1', [row('a')]);
    // Told while nobody knows yet that the disk refuses, and when it is known.
    await journal.keep('decideNext', { callSid: 'CA1', next: 'hangup', at: 0 });
    expect(journal.trouble).toBe('locked');
    journal.record('CA1', [row('b')]);
    await journal.keep('endCall', { callSid: 'CA1', reason: 'completed', at: 0 });
    await expect(append(journal, 'refused')).rejects.toThrow(UNAVAILABLE);
    expect(await eventsOf(journal)).toEqual(['1 call.accepted']);
    other.exec('COMMIT');
    other.close();
    await troubleOf(journal).toBeUndefined();
    expect(await eventsOf(journal)).toEqual([
      '1 call.accepted',
      '2 a',
      '3 next.decided',
      '4 b',
      '5 call.ended',
    ]);
  });

  test('a disk that refuses until the queue is full makes the journal drop rows, and the log says how many', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const log = new LogLines();
    const journal = await testJournal({ file, log, maxQueuedBytes: 2000 });
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    for (let n = 0; n < 100; n++) journal.record('CA1', [row(`a${String(n)}`)]);
    other.exec('COMMIT');
    other.close();
    await expect.poll(() => eventsOf(journal)).toContainEqual(expect.stringContaining('rows.dropped'));
    const events = await journal.query('events', { callSid: 'CA1' });
    expect(events.at(-1)?.body).toEqual({ rows: 100 - (events.length - 1) });
    expect(log.lines).toEqual(['error journal is full, rows dropped']);
  });

  test('a disk that refuses for ever makes closing say how many writes are lost', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file, maxFileBytes: 500_000 });
    // Row by row: one of them is cut to what a row may have.
    for (let n = 0; n < 20; n++)
      journal.record('CA1', [row('larger than the disk', { filler: 'x'.repeat(60_000) })]);
    await expect(append(journal, 'refused')).rejects.toThrow('SQLITE_FULL');
    await expect(journal.close()).rejects.toThrow('1 writes could not be stored and are in ');
  });
});
