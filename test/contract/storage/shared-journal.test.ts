import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { shareThread, threadBehind } from '../../../src/services/storage/client/journal-pipe.ts';
import { SharedThread } from '../../../src/services/storage/client/shared-thread.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { type JournalOptions, openJournal } from '../../../src/services/storage/client/sqlite-journal.ts';
import { Pipe } from '../../../src/services/workers/pipe.ts';
import { sideTo } from '../../../src/services/workers/pipe-sides.ts';
import { builtPath } from '../../support/built-sources.ts';
import { row } from '../../support/call-rows.ts';
import { LogLines, temporaryFolder, testJournal, Threads } from '../../support/journal.ts';
import { holdsIn } from '../../support/journal-backend.ts';
import { accept, append, eventsOf } from '../../support/journal-requests.ts';
import { pipePair } from '../../support/pipe-pair.ts';
import { describeJournal } from './journal-suite.ts';

/** A journal whose thread is in another process. */
async function farJournal(file: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const owner = fork(builtPath(new URL('../../support/journal-process.ts', import.meta.url)), [file], {
    serialization: 'advanced',
  });
  const gone = once(owner, 'exit');
  onTestFinished(async () => {
    owner.kill('SIGKILL');
    await gone;
  });
  return testJournal({ file: '', start: threadBehind(new Pipe(sideTo(owner), systemClock)), ...options });
}

describeJournal('SQLite, in another process', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  return Promise.resolve({ open: (options) => farJournal(file, options), holds: holdsIn(file) });
});

/** A thread that two share: who owns it, and one at the other end of a pipe. */
async function shared({ file = ':memory:', threads = new Threads(), log = new LogLines() } = {}) {
  const thread = new SharedThread({ clock: systemClock, log, start: threads.start });
  const owner = await openJournal({ file, clock: systemClock, log, start: thread.open });
  onTestFinished(() => owner.close().catch(() => undefined));
  const join = async () => {
    const [near, far] = pipePair();
    const giveUp = shareThread(thread, near);
    const journal = await openJournal({ file: '', clock: systemClock, log, start: threadBehind(far) });
    return { journal, giveUp };
  };
  return { owner, join, threads, log };
}

const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;

describe('a journal thread that several share', () => {
  test('a shared journal thread answers each client its own requests, although their ids are the same', async () => {
    const { owner, join } = await shared();
    const [one, other] = [await join(), await join()];
    const leads = await Promise.all(
      [owner, one.journal, other.journal].map((journal, index) =>
        journal.transact('createLead', {
          ...{ key: `k${String(index)}`, callSid: 'CA1', name: `Ann ${String(index)}` },
          ...{ phone: null, email: null, interest: null, notes: null, at: 0 },
        }),
      ),
    );
    expect(leads.map(({ name }) => name)).toEqual(['Ann 0', 'Ann 1', 'Ann 2']);
    await expect(other.journal.query('leads', { limit: 10, cursor: 'made up' })).rejects.toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });

  test('a shared journal thread that dies is replaced, and each client sends what it waits for once more', async () => {
    const threads = new Threads();
    const file = join(temporaryFolder(), 'calls.sqlite');
    const { owner, join: joinIn, log } = await shared({ file, threads });
    const [one, other] = [await joinIn(), await joinIn()];
    await accept(owner);

    threads.loseAnswers(true);
    const lost = threads.answerLost();
    const consumed = one.journal.transact('consumeToken', { nonce: 'n', callSid: 'CA1', epoch: 1, at: 0 });
    other.journal.record('CA1', [row('b')]);
    const appended = append(other.journal, 'c');
    await lost;
    threads.loseAnswers(false);
    await threads.kill();

    expect(await consumed).toBe(true);
    await appended;
    // What two clients write has no order.
    const events = (await eventsOf(owner)).map((event) => event.slice(2));
    expect(events.sort()).toEqual(['b', 'c', 'call.accepted', 'stream.accepted']);
    expect([owner, one.journal, other.journal].map(({ trouble }) => trouble)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(log.lines.filter((line) => line.includes('died'))).toHaveLength(1);
  });

  test('a shared journal thread takes nothing of a client that was given up', async () => {
    const { owner, join } = await shared();
    const { journal, giveUp } = await join();
    await append(journal, 'a');
    giveUp();
    journal.record('CA1', [row('b')]);
    void append(journal, 'c').catch(() => undefined);
    await append(owner, 'd');
    expect(await eventsOf(owner)).toEqual(['1 a', '2 d']);
  });

  test('a shared journal thread goes on when a client closes, and ends for all when its owner does', async () => {
    const { owner, join } = await shared();
    const [one, other] = [await join(), await join()];
    one.journal.record('CA1', [row('a')]);
    await one.journal.close();
    await append(other.journal, 'b');
    expect(await eventsOf(owner)).toEqual(['1 a', '2 b']);
    await owner.close();
    await expect(append(other.journal, 'c')).rejects.toThrow(UNAVAILABLE);
    expect(other.journal.trouble).toBeDefined();
  });

  test('a client that joins while the disk refuses knows it', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const log = new LogLines();
    const thread = new SharedThread({ clock: systemClock, log });
    const owner = await openJournal({
      ...{ file, clock: systemClock, log, start: thread.open },
      maxFileBytes: 600_000,
    });
    onTestFinished(() => owner.close().catch(() => undefined));
    const large = row('caller.committed', { itemId: 'y'.repeat(20_000) });
    for (let tries = 0; owner.trouble === undefined; tries++) {
      await owner.transact('append', { callSid: 'CA1', rows: [large] }).catch(() => undefined);
      expect(tries).toBeLessThan(100);
    }
    const [near, far] = pipePair();
    shareThread(thread, near);
    const late = await openJournal({ file: '', clock: systemClock, log, start: threadBehind(far) });
    await late.query('leads', { limit: 1 });
    expect(late.trouble).toBeDefined();
  });
});
