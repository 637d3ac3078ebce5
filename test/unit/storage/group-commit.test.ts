import { setImmediate as nextTurn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { eventName } from '../../../src/protocol/call-feed.ts';
import { GroupCommit } from '../../../src/services/storage/sqlite/group-commit.ts';
import type {
  JournalReply,
  TransactRequest,
  WriteRequest,
} from '../../../src/services/storage/sqlite/journal-messages.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const DATA = {
  file: 'calls.sqlite',
  limits: {},
  isAgain: false,
  client: 'client_1',
  forgetClientsBefore: '',
};

/** What the disk says to each commit; undefined when it takes it. */
let refusal: string | undefined;
/** Rows still fit, and nothing larger. */
let isNearlyFull: boolean;
let commits: number;
let opened: number;
/** At the size of the write-ahead log. */
let looks: number;
/** Transactions within another one. */
let parts: number;
/** How many replies had been told each time that commits were written back. */
let writtenBack: number[];
let openError: EngineError | undefined;
let real: Store;
let clock: VirtualClock;
let replies: JournalReply[];

beforeEach(() => {
  refusal = openError = undefined;
  commits = opened = looks = parts = 0;
  isNearlyFull = false;
  replies = [];
  writtenBack = [];
  clock = new VirtualClock();
  real = openStore(':memory:');
  return () => {
    real.close();
  };
});

/** The real store on a disk that can refuse; closing it is only noted, so that what it holds can be looked at. */
const open = (): Store => {
  opened += 1;
  if (openError !== undefined) throw openError;
  let depth = 0;
  const refuse = () => {
    if (refusal !== undefined) throw new Sqlite.SqliteError('the disk refuses', refusal);
  };
  const refuseLarge = () => {
    refuse();
    if (isNearlyFull) throw new Sqlite.SqliteError('the disk refuses', 'SQLITE_FULL');
  };
  return {
    ...real,
    atomically(work) {
      const isOutermost = depth++ === 0;
      if (!isOutermost) parts += 1;
      try {
        return real.atomically(() => {
          const result = work();
          if (isOutermost) refuse();
          if (isOutermost) commits += 1;
          return result;
        });
      } finally {
        depth -= 1;
      }
    },
    tryDisk: Object.assign(refuseLarge, { immediate: refuseLarge }) as Store['tryDisk'],
    capWriteAheadLog() {
      looks += 1;
    },
    writeBack() {
      writtenBack.push(replies.length);
    },
    close() {
      // Kept open for the test to read.
    },
  };
};
const start = () => new GroupCommit({ data: DATA, clock, open, tell: (some) => replies.push(...some) });

/** Of a name that no feed has: the journal keeps it all the same. */
const writtenRow = (event: string) => ({
  ...{ at: 0, from: 'model', to: 'call', event, state: '', taken: null, regions: {}, body: '{}' },
});
const rows = (id: number, ...events: string[]): WriteRequest => ({
  kind: 'record',
  id,
  entries: [
    {
      callSid: 'CA1',
      rows: events.map((event) => writtenRow(event)),
    },
  ],
});
const append = (id: number, event: string): TransactRequest => ({
  kind: 'transact',
  id,
  name: 'append',
  isKept: false,
  argsJson: JSON.stringify({ callSid: 'CA1', rows: [{ ...writtenRow(event), body: {} }] }),
});
const written = () => real.query('events', { callSid: 'CA1' }).map(eventName);
const told = () => replies.map((reply) => ('id' in reply ? `${reply.kind} ${String(reply.id)}` : reply.kind));

describe('group commit', () => {
  test('group commit waits for company before it writes rows', () => {
    const commit = start();
    commit.take(rows(1, 'a'), 1);
    commit.take(rows(2, 'b'), 1);
    expect(commits).toBe(0);
    clock.advance(5);
    expect([commits, written(), told()]).toEqual([1, ['a', 'b'], ['done 1', 'done 2']]);
  });

  test('group commit writes a transaction at once, after the rows before it and with those that came with it', async () => {
    const commit = start();
    commit.take(rows(1, 'a'), 1);
    commit.take(append(2, 'b'), 1);
    commit.take(append(3, 'c'), 1);
    await nextTurn();
    expect([commits, written(), told()]).toEqual([1, ['a', 'b', 'c'], ['done 1', 'done 2', 'done 3']]);
  });

  test('group commit applies a write that is sent twice once, and answers it as the first time', async () => {
    const accept: WriteRequest = {
      kind: 'transact',
      id: 2,
      name: 'acceptCall',
      isKept: false,
      argsJson: JSON.stringify({
        callSid: 'CA1',
        agentId: 'a',
        direction: 'inbound',
        from: '',
        to: '',
        at: 0,
      }),
    };
    const first = start();
    first.take(rows(1, 'a'), 1);
    first.take(accept, 1);
    await nextTurn();
    const answers = [...replies];
    const second = start();
    second.take(rows(1, 'a'), 1);
    second.take(accept, 1);
    await nextTurn();
    expect(written()).toEqual(['a', 'call.accepted']);
    expect(replies.slice(answers.length)).toEqual(answers);
  });

  test('group commit forgets results that nobody waits for', async () => {
    const commit = start();
    commit.take(append(1, 'a'), 1);
    await nextTurn();
    expect(real.applied.find('client_1', 1)).toBeDefined();
    commit.take(append(2, 'b'), 2);
    await nextTurn();
    expect(real.applied.find('client_1', 1)).toBeUndefined();
  });

  test('group commit rejects a transaction that breaks a rule, and only that one', async () => {
    const commit = start();
    commit.take(append(1, 'a'), 1);
    commit.take({ ...append(2, 'x'), name: 'createBooking', argsJson: '{"startsAt":"soon"}' }, 1);
    commit.take(append(3, 'b'), 1);
    await nextTurn();
    expect(written()).toEqual(['a', 'b']);
    expect(told()).toEqual(['done 1', 'rejected 2', 'done 3']);
  });

  test('group commit writes rows that can be stored as one, and not each call as a part that can fail alone', () => {
    const commit = start();
    const entries = ['CA1', 'CA2'].map((callSid) => ({ callSid, rows: [writtenRow('a')] }));
    commit.take({ kind: 'record', id: 1, entries }, 1);
    clock.advance(5);
    expect(told()).toEqual(['done 1']);
    expect(parts).toBe(0);
  });

  test('group commit drops rows of one call that no database takes, and no other', () => {
    const commit = start();
    const entries = [
      { callSid: 'CA2', rows: [{ ...writtenRow('x'), at: Number.NaN }] },
      { callSid: 'CA1', rows: [writtenRow('a')] },
    ];
    commit.take({ kind: 'record', id: 1, entries }, 1);
    clock.advance(5);
    expect(written()).toEqual(['a']);
    expect(replies).toMatchObject([
      { kind: 'spoilt', callSid: 'CA2', rows: 1 },
      { kind: 'done', id: 1 },
    ]);
  });

  test('group commit keeps rows and rejects transactions while the disk refuses, and goes on by itself', async () => {
    const commit = start();
    refusal = 'SQLITE_FULL';
    commit.take(rows(1, 'a'), 1);
    commit.take(append(2, 'refused'), 1);
    await nextTurn();
    expect(told()).toEqual(['health', 'rejected 2']);
    expect(replies[1]).toMatchObject({ error: { code: 'STORAGE_UNAVAILABLE' } });
    commit.take(rows(3, 'b'), 1);
    clock.advance(1000);
    expect(written()).toEqual([]);
    refusal = undefined;
    clock.advance(500);
    expect(written()).toEqual(['a', 'b']);
    expect(replies.at(-1)).toEqual({ kind: 'health', refusal: undefined });
    expect(clock.pending).toBe(0);
  });

  test('group commit keeps a transaction of what has happened with the rows while the disk refuses', async () => {
    const commit = start();
    refusal = 'SQLITE_FULL';
    commit.take(rows(1, 'a'), 1);
    commit.take({ ...append(2, 'kept'), isKept: true }, 1);
    commit.take(rows(3, 'b'), 1);
    await nextTurn();
    expect(told()).toEqual(['health']);
    refusal = undefined;
    clock.advance(500);
    expect(written()).toEqual(['a', 'kept', 'b']);
    expect(told()).toEqual(['health', 'done 1', 'done 2', 'done 3', 'health']);
  });

  test('group commit asks a disk that refused again, also when nothing waits for it', async () => {
    const commit = start();
    refusal = 'SQLITE_IOERR_WRITE';
    commit.take(append(1, 'refused'), 1);
    await nextTurn();
    clock.advance(500);
    expect(told()).toEqual(['health', 'rejected 1', 'health']);
    refusal = undefined;
    clock.advance(500);
    expect(replies.at(-1)).toEqual({ kind: 'health', refusal: undefined });
  });

  test('group commit opens the file anew after three I/O errors in a row, as often as it takes', async () => {
    const commit = start();
    refusal = 'SQLITE_IOERR_FSYNC';
    openError = new EngineError('STORAGE_UNAVAILABLE', 'SQLITE_CANTOPEN at calls.sqlite');
    commit.take(rows(1, 'a'), 1);
    clock.advance(1005);
    expect(opened).toBe(1);
    clock.advance(1000);
    expect(opened).toBeGreaterThan(1);
    expect(replies.every(({ kind }) => kind === 'health')).toBe(true);
    refusal = openError = undefined;
    clock.advance(500);
    expect(written()).toEqual(['a']);
    await nextTurn();
  });

  test('group commit leaves a damaged file open to be read, and asks it again every ten seconds', async () => {
    const commit = start();
    commit.take(rows(1, 'a'), 1);
    clock.advance(5);
    refusal = 'SQLITE_CORRUPT';
    commit.take(rows(2, 'b'), 2);
    clock.advance(60_000);
    expect(opened).toBe(1);
    expect(replies.filter(({ kind }) => kind === 'health')).toHaveLength(6);
    expect(replies.at(-1)).toMatchObject({ refusal: { trouble: 'damaged' } });
    commit.take({ kind: 'query', id: 3, name: 'events', argsJson: '{"callSid":"CA1"}' }, 2);
    await nextTurn();
    expect(replies.at(-1)).toMatchObject({ kind: 'done', id: 3, result: [{ seq: 1, name: 'a' }] });
  });

  test('group commit that was refused takes nothing before what is larger than a row fits, too', async () => {
    refusal = 'SQLITE_FULL';
    const commit = start();
    commit.take(append(1, 'refused'), 1);
    await nextTurn();
    refusal = undefined;
    isNearlyFull = true;
    commit.take(rows(2, 'small'), 2);
    clock.advance(1000);
    expect([written(), told()]).toEqual([[], ['health', 'rejected 1', 'health', 'health']]);
    isNearlyFull = false;
    clock.advance(1000);
    expect([written(), told().slice(4)]).toEqual([['small'], ['done 2', 'health']]);
  });

  test('group commit tells operators which trouble of the disk it is', async () => {
    const words = {
      SQLITE_FULL: 'full',
      SQLITE_BUSY: 'locked',
      SQLITE_READONLY: 'read_only',
      SQLITE_READONLY_DBMOVED: 'read_only',
      SQLITE_IOERR_WRITE: 'failing',
      SQLITE_CANTOPEN: 'failing',
      SQLITE_CORRUPT_VTAB: 'damaged',
      SQLITE_NOTADB: 'damaged',
    };
    for (const [word, trouble] of Object.entries(words)) {
      const commit = start();
      refusal = word;
      commit.take(append(1, 'refused'), 1);
      await nextTurn();
      const note = { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining(word) as string };
      expect(replies[0]).toMatchObject({ kind: 'health', refusal: { trouble, note } });
      replies = [];
    }
  });

  test('group commit answers a query with what is durable while the disk refuses', async () => {
    const commit = start();
    commit.take(rows(1, 'a'), 1);
    clock.advance(5);
    refusal = 'SQLITE_FULL';
    commit.take(rows(2, 'b'), 2);
    commit.take({ kind: 'query', id: 3, name: 'events', argsJson: '{"callSid":"CA1"}' }, 2);
    await nextTurn();
    expect(replies.at(-1)).toMatchObject({ kind: 'done', id: 3, result: [{ seq: 1, name: 'a' }] });
  });

  test('group commit looks at the size of the log beside the file every 256 commits', () => {
    const commit = start();
    for (let id = 1; id <= 600; id++) {
      commit.take(rows(id, 'a'), id);
      clock.advance(5);
    }
    expect([commits, looks]).toEqual([600, 2]);
  });

  test('group commit writes the log beside the file back behind the answers, four times a second at most', () => {
    const commit = start();
    for (let id = 1; id <= 101; id++) {
      commit.take(rows(id, 'a'), id);
      clock.advance(5);
    }
    expect(commits).toBe(101);
    expect(writtenBack).toEqual([1, 51, 101]);
  });

  test('group commit does not write back while the disk refuses', () => {
    const commit = start();
    refusal = 'SQLITE_FULL';
    commit.take(rows(1, 'a'), 1);
    clock.advance(2000);
    expect(writtenBack).toEqual([]);
    refusal = undefined;
    clock.advance(500);
    expect(writtenBack).toHaveLength(1);
  });

  test('group commit divides a long queue into commits', () => {
    const commit = start();
    for (let id = 1; id <= 25; id++) commit.take(rows(id, ...Array<string>(100).fill('a')), 1);
    clock.advance(5);
    expect(commits).toBe(3);
    expect(written()).toHaveLength(2500);
  });

  test('group commit ends its thread for an error that is not the disk, and acknowledges nothing', () => {
    const commit = start();
    refusal = 'SQLITE_MISUSE';
    commit.take(rows(1, 'a'), 1);
    expect(() => {
      clock.advance(5);
    }).toThrow('the disk refuses');
    expect([written(), told()]).toEqual([[], []]);
  });
});
