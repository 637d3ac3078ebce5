import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { row } from '../../support/call-rows.ts';
import { LogLines, temporaryFolder, testJournal, Threads } from '../../support/journal.ts';
import { accept, append, eventsOf } from '../../support/journal-requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;

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
    expect(journal.trouble).toBeUndefined();
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
    expect(journal.trouble).toBe('ended');
    await expect(append(journal, 'b')).rejects.toThrow(UNAVAILABLE);
    await expect(journal.query('leads', { limit: 1 })).rejects.toThrow(UNAVAILABLE);
    journal.record('CA1', [row('c')]);
  });

  test('a journal thread that finds no file any more makes no new one', async () => {
    const threads = new Threads();
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file, start: threads.start });
    await append(journal, 'a');
    for (const end of ['', '-wal', '-shm']) renameSync(`${file}${end}`, `${file}.away${end}`);
    await threads.kill();
    await expect(append(journal, 'b')).rejects.toThrow(`SQLITE_CANTOPEN at ${file}`);
    expect(existsSync(file)).toBe(false);
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
