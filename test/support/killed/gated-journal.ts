import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import type { Store } from '../../../src/services/storage/sqlite/store.ts';
import type { Life } from './life.ts';

interface Entry {
  readonly name: string;
  /** Within the transaction of its batch. */
  readonly write: () => void;
  /** It is on the disk. */
  readonly settle: () => void;
}

/**
 * The journal of one life over the store of all of them. What is told to it is on the disk some milliseconds later, all of
 * a batch or none of it, as with the journal's thread; what was not by then dies with the process.
 *
 * @param lagMs - 0: it is there at once.
 */
export function gatedJournal(store: Store, life: Life, lagMs: number): Journal {
  let batch: Entry[] = [];
  const questions: (() => void)[] = [];
  const commit = () => {
    const entries = batch;
    batch = [];
    life.act(`write of ${entries.map(({ name }) => name).join(', ')}`, () => {
      store.atomically(() => {
        for (const { write } of entries) write();
      });
      for (const { settle } of entries) settle();
      for (const answer of questions.splice(0)) answer();
    });
  };
  const take = (entry: Entry) => {
    if (life.isOver) return;
    batch.push(entry);
    if (lagMs === 0) commit();
    else if (batch.length === 1) life.clock.setTimeout(commit, lagMs);
  };
  const transact: Journal['transact'] = (name, args) =>
    new Promise((resolve, reject) => {
      let settle: () => void = () => undefined;
      take({
        name,
        // A transaction that refuses undoes its own part only.
        write: () => {
          try {
            const result = store.atomically(() => store.transact(name, args));
            settle = () => {
              resolve(result);
            };
          } catch (thrown) {
            const error = thrown instanceof Error ? thrown : new Error(String(thrown));
            settle = () => {
              reject(error);
            };
          }
        },
        settle: () => {
          settle();
        },
      });
    });
  return {
    trouble: undefined,
    record: (callSid, rows) => {
      take({
        name: rows.map(({ event }) => event).join('+'),
        write: () => {
          store.append(callSid, rows.map(written));
        },
        settle: () => undefined,
      });
    },
    transact,
    keep: async (name, args) => {
      await transact(name, args);
    },
    // Answered behind the commit of what was told before it.
    query: (name, args) =>
      new Promise((resolve) => {
        const answer = () => {
          resolve(store.query(name, args));
        };
        if (life.isOver) return;
        if (batch.length === 0) answer();
        else questions.push(answer);
      }),
    close: () => Promise.resolve(),
  };
}

const written = (row: FeedEntry) => ({ ...row, body: JSON.stringify(row.body) });
