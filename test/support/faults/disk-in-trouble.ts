import { openJournal } from '../../../src/services/storage/client/sqlite-journal.ts';
import { ThreadEnd } from '../../../src/services/storage/client/thread-end.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { GroupCommit } from '../../../src/services/storage/sqlite/group-commit.ts';
import type {
  JournalPost,
  JournalThreadData,
} from '../../../src/services/storage/sqlite/journal-messages.ts';
import type { Store } from '../../../src/services/storage/sqlite/store.ts';
import type { Life } from '../killed/life.ts';
import { KeptLog } from '../phone-leg.ts';

/** How a disk may be: what SQLite says of it, and how long the journal's thread waits for it, in ms. */
const TROUBLES = {
  /** Another program has the lock: waited for once, then not any more. */
  locked: { word: 'SQLITE_BUSY', waitsMs: 1500, waitsOnce: true },
  full: { word: 'SQLITE_FULL', waitsMs: 0, waitsOnce: false },
  slow: { word: undefined, waitsMs: 2000, waitsOnce: false },
} as const;

type Trouble = keyof typeof TROUBLES;

/** The disk below a journal, which may refuse, or take its time. */
export class DiskInTrouble {
  #trouble: Trouble | undefined;
  #hasWaited = false;

  /** From now on, until {@link recovers}. */
  befalls(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#hasWaited = false;
  }

  recovers(): void {
    this.#trouble = undefined;
  }

  /** The journal of one process over this disk: the client, and in place of its thread what the thread does. */
  openJournal(store: Store, life: Life): Promise<Journal> {
    return openJournal({
      ...{ file: ':memory:', clock: life.clock, threadClock: life.clock, log: new KeptLog() },
      // Made by the client, in the same build.
      start: (_, { workerData }) => this.#thread(store, life, workerData as JournalThreadData),
    });
  }

  #thread(store: Store, life: Life, data: JournalThreadData): ThreadEnd {
    let waiting: JournalPost[] | undefined;
    const end = new ThreadEnd({
      post: (message) => {
        if (life.isOver) return;
        if (waiting !== undefined) {
          waiting.push(message);
          return;
        }
        const waitsMs = this.#waitsMs();
        if (waitsMs === 0) {
          take(message);
          return;
        }
        const messages = [message];
        waiting = messages;
        life.clock.setTimeout(() => {
          waiting = undefined;
          for (const each of messages) take(each);
        }, waitsMs);
      },
      leave: () => Promise.resolve(),
    });
    const commit = new GroupCommit({
      ...{ data, clock: life.clock },
      tell: (replies) => {
        for (const reply of replies)
          life.hears(() => {
            end.tell(reply);
          });
      },
      open: () => this.#storeOn(store, life),
    });
    const take = (message: JournalPost) => {
      if (life.isOver || message.kind === 'close') return;
      commit.take(message, message.waitsFrom);
    };
    end.tell({ kind: 'opened' });
    return end;
  }

  #storeOn(store: Store, life: Life): Store {
    const tryDisk = Object.assign(() => undefined, store.tryDisk, {
      immediate: () => {
        this.#check();
        store.tryDisk.immediate();
      },
    });
    return {
      ...store,
      tryDisk,
      atomically: <Result>(work: () => Result): Result => {
        if (life.isOver) throw Object.assign(new Error('nobody is there'), { code: 'SQLITE_IOERR' });
        this.#check();
        return store.atomically(work);
      },
      // Other processes have it, too.
      close: () => undefined,
    };
  }

  #waitsMs(): number {
    if (this.#trouble === undefined) return 0;
    const { waitsMs, waitsOnce } = TROUBLES[this.#trouble];
    if (waitsOnce && this.#hasWaited) return 0;
    this.#hasWaited = true;
    return waitsMs;
  }

  #check(): void {
    const word = this.#trouble && TROUBLES[this.#trouble].word;
    if (word !== undefined) throw Object.assign(new Error('the disk refuses'), { code: word });
  }
}
