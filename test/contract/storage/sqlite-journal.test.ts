import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { eventName } from '../../../src/protocol/call-feed.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { LogLines, temporaryFolder, testJournal, Threads } from '../../support/journal.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const SLOTS = 10;
const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;

const book = (journal: Journal, slot: number, rival: number) =>
  journal.transact('createBooking', {
    key: `${String(slot)} ${String(rival)}`,
    diary: 'inn',
    resources: ['table_1'],
    maxPerCall: 1,
    callSid: `CA${String(rival)}`,
    caller: null,
    name: 'Ada',
    phone: null,
    service: 'dinner',
    startsAt: `2026-11-02T1${String(slot)}:00:00Z`,
    endsAt: `2026-11-02T1${String(slot)}:59:00Z`,
    timezone: 'UTC',
    at: 0,
  });
const accept = (journal: Journal, callSid = 'CA1') =>
  journal.transact('acceptCall', {
    callSid,
    agentId: 'default',
    direction: 'inbound',
    from: '+1',
    to: '+2',
    at: 0,
  });
const append = (journal: Journal, event: string) =>
  journal.transact('append', { callSid: 'CA1', rows: [row(event)] });
const eventsOf = async (journal: Journal, callSid = 'CA1') =>
  (await journal.query('events', { callSid })).map((entry) => `${String(entry.seq)} ${eventName(entry)}`);

describe('the journal', () => {
  test('the journal gives ten slots to ten of two hundred who race for them', async () => {
    const journal = await testJournal({ file: join(temporaryFolder(), 'calls.sqlite') });
    const attempts = Array.from({ length: 200 }, (_, rival) => book(journal, rival % SLOTS, rival));
    const won = (await Promise.all(attempts)).flatMap((answer) =>
      answer.outcome === 'booked' ? [answer.booking] : [],
    );
    expect(new Set(won.map(({ startsAt }) => startsAt)).size).toBe(SLOTS);
    expect(won).toHaveLength(SLOTS);
    expect((await journal.query('bookings', { limit: 200 })).items).toHaveLength(SLOTS);
  });

  test('the journal writes in the order told, and answers a query with everything told before it', async () => {
    const journal = await testJournal();
    journal.record('CA1', [row('a'), row('b')]);
    const accepted = accept(journal);
    journal.record('CA1', [row('c')]);
    expect(await eventsOf(journal)).toEqual(['1 a', '2 b', '3 call.accepted', '4 c']);
    expect(await accepted).toEqual({ epoch: 1, isNew: true });
  });

  test('the journal writes a row as it was when it was recorded', async () => {
    const journal = await testJournal();
    const body = { text: 'before' };
    journal.record('CA1', [row('a', body)]);
    body.text = 'after';
    expect((await journal.query('events', { callSid: 'CA1' }))[0]?.body).toEqual({ text: 'before' });
  });

  test('the journal stores a body that is not JSON without the body, and an invalid `at` as now', async () => {
    const log = new LogLines();
    const journal = await testJournal({ log, clock: new VirtualClock(5000) });
    const ring: Record<string, unknown> = {};
    ring['ring'] = ring;
    journal.record('CA1', [row('a', ring, { at: Number.NaN })]);
    expect(await journal.query('events', { callSid: 'CA1' })).toMatchObject([
      { name: 'a', at: 5000, body: {} },
    ]);
    expect(log.lines).toEqual(['warn row body is not JSON, left out']);
  });

  test('the journal names what is wrong with a request, and goes on', async () => {
    const journal = await testJournal();
    await expect(journal.query('leads', { limit: 10, cursor: 'made up' })).rejects.toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: 'the request is invalid: cursor is not a cursor of this list',
      }),
    );
    expect(journal.isHealthy).toBe(true);
  });

  test('the journal is durable and refuses everything once it is closed', async () => {
    const file = join(temporaryFolder(), 'new', 'folder', 'calls.sqlite');
    const journal = await testJournal({ file });
    journal.record('CA1', [row('a')]);
    await journal.close();
    journal.record('CA1', [row('lost')]);
    expect(journal.isHealthy).toBe(false);
    await expect(append(journal, 'b')).rejects.toThrow(UNAVAILABLE);
    await expect(journal.query('events', { callSid: 'CA1' })).rejects.toThrow(UNAVAILABLE);
    expect(await eventsOf(await testJournal({ file }))).toEqual(['1 a']);
  });
});

describe('a file that cannot be used', () => {
  const NOT_SQLITE = 'not a database, but 100 bytes and more of a letter that nobody wants to lose'.repeat(
    10,
  );

  test('a file that cannot be used is named, and left as it is', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    writeFileSync(file, NOT_SQLITE);
    await expect(testJournal({ file })).rejects.toThrow(`${file} is damaged or not a database`);
    expect(readFileSync(file, 'utf8')).toBe(NOT_SQLITE);
  });

  test('a file that cannot be used is named when it is damaged inside', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file });
    journal.record(
      'CA1',
      Array.from({ length: 2000 }, (_, n) => row('a', { n })),
    );
    await journal.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8192, bytes.length - 8192);
    writeFileSync(file, bytes);
    await expect(testJournal({ file })).rejects.toThrow(`${file} is damaged or not a database`);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a file that cannot be used is named when it is a folder', async () => {
    const folder = join(temporaryFolder(), 'calls.sqlite');
    mkdirSync(folder);
    await expect(testJournal({ file: folder })).rejects.toThrow(`SQLITE_CANTOPEN at ${folder}`);
  });

  test('a file that cannot be used is left to the newer engine that wrote it', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const db = new Sqlite(file);
    db.pragma('user_version = 99');
    db.close();
    await expect(testJournal({ file })).rejects.toThrow(`${file} has schema 99`);
  });
});

describe('a disk that refuses', () => {
  const healthOf = (journal: Journal) =>
    expect.poll(() => journal.isHealthy, { timeout: 10_000, interval: 5 });

  test('a disk that is full makes rows wait and rejects transactions, and all goes on by itself', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const log = new LogLines();
    const journal = await testJournal({ file, log, maxFileBytes: 1_200_000 });
    const filler = 'x'.repeat(10_000);
    const isStored: boolean[] = [];
    for (let n = 0; n < 200 && journal.isHealthy; n++) {
      await journal
        .transact('append', { callSid: 'CA_filler', rows: [row('filler', { filler })] })
        .then(() => isStored.push(true))
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
          expect(String(error)).toContain('SQLITE_FULL');
        });
    }
    expect(isStored.length).toBeGreaterThan(50);
    expect(journal.isHealthy).toBe(false);

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
    await healthOf(journal).toBe(true);
    expect(log.lines).toEqual(['error journal refuses writes', 'warn journal accepts writes again']);
  });

  test('a database that another program locks makes transactions wait 2 s and rejects them, and all goes on when it is free', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file });
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    journal.record('CA1', [row('a')]);
    await expect(append(journal, 'refused')).rejects.toThrow('SQLITE_BUSY');
    expect(journal.isHealthy).toBe(false);
    other.exec('COMMIT');
    other.close();
    await healthOf(journal).toBe(true);
    expect(await eventsOf(journal)).toEqual(['1 a']);
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
    await expect(journal.close()).rejects.toThrow('1 writes could not be stored');
  });
});

describe("the journal's thread", () => {
  test('a journal thread that dies before it answers is replaced, and nothing is written twice', async () => {
    const threads = new Threads();
    const log = new LogLines();
    const journal = await testJournal({
      file: join(temporaryFolder(), 'calls.sqlite'),
      start: threads.start,
      log,
    });
    await accept(journal);

    threads.loseAnswers(true);
    const lost = threads.answerLost();
    const consumed = journal.transact('consumeToken', { nonce: 'nonce_1', callSid: 'CA1', epoch: 1, at: 0 });
    journal.record('CA1', [row('b')]);
    const ended = journal.transact('endCall', { callSid: 'CA1', reason: 'completed', at: 0 });
    await lost;
    threads.loseAnswers(false);
    await threads.kill();
    const query = eventsOf(journal);

    expect(await consumed).toBe(true);
    expect(await ended).toBe(true);
    expect(await query).toEqual(['1 call.accepted', '2 stream.accepted', '3 b', '4 call.ended']);
    expect(journal.isHealthy).toBe(true);
    expect(log.lines).toContain('error journal thread died, starting another');
  });

  test('a journal thread that dies twice within a minute is not replaced again', async () => {
    const threads = new Threads();
    const clock = new VirtualClock();
    const journal = await testJournal({
      file: join(temporaryFolder(), 'calls.sqlite'),
      start: threads.start,
      clock,
    });
    await threads.kill();
    await append(journal, 'a');
    clock.advance(59_000);
    await threads.kill();
    expect(journal.isHealthy).toBe(false);
    await expect(append(journal, 'b')).rejects.toThrow(UNAVAILABLE);
    await expect(journal.query('leads', { limit: 1 })).rejects.toThrow(UNAVAILABLE);
    journal.record('CA1', [row('c')]);
  });

  test('a journal thread may die again later', async () => {
    const threads = new Threads();
    const clock = new VirtualClock();
    const journal = await testJournal({
      file: join(temporaryFolder(), 'calls.sqlite'),
      start: threads.start,
      clock,
    });
    await threads.kill();
    await append(journal, 'a');
    clock.advance(61_000);
    await threads.kill();
    await append(journal, 'b');
    expect(await eventsOf(journal)).toEqual(['1 a', '2 b']);
  });

  test('a journal thread can be closed while it is being replaced', async () => {
    const threads = new Threads();
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file, start: threads.start });
    await threads.kill();
    journal.record('CA1', [row('a')]);
    await journal.close();
    expect(await eventsOf(await testJournal({ file }))).toEqual(['1 a']);
  });
});
