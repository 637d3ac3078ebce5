/**
 * The journal's thread: the only one that touches the database.
 *
 * It holds no state that is not on disk or in the client's hands, so it can
 * die and be started again.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../clock.ts';
import { noteOf } from '../../../errors.ts';
import { giveMemoryBack, START_TAKES_MS } from '../../../heap.ts';
import { GroupCommit } from './group-commit.ts';
import type { JournalPost, JournalReply, JournalThreadData } from './journal-messages.ts';
import { openStore } from './store.ts';

const port = parentPort;
if (port === null) throw new Error('journal.worker.ts runs as a thread of sqlite-journal.ts');

// Made by sqlite-journal.ts, in the same build. A thread that was begun before it was wanted is told it later.
const given = workerData as JournalThreadData | null | undefined;
if (given === null || given === undefined) {
  port.once('message', (data: JournalThreadData) => {
    work(port, data);
  });
} else work(port, given);

setTimeout(giveMemoryBack, START_TAKES_MS).unref();

function work(port: MessagePort, data: JournalThreadData): void {
  const tell = (replies: readonly JournalReply[]) => {
    port.postMessage(replies);
  };
  try {
    const commit = new GroupCommit({
      data,
      clock: systemClock,
      tell,
      open: (isAgain) => openStore(data.file, { ...data.limits, isAgain }),
    });
    port.on('message', (post: JournalPost) => {
      if (post.kind !== 'close') {
        commit.take(post, post.waitsFrom);
        return;
      }
      commit.close();
      tell([{ kind: 'closed' }]);
      port.close();
    });
    tell([{ kind: 'opened' }]);
  } catch (thrown) {
    tell([{ kind: 'refused', error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }]);
    port.close();
  }
}
