/** The journal's thread through a pipe: in the process that has the thread, and in one that has not. */

import type { JournalPost, JournalReply } from '../sqlite/journal-messages.ts';
import type { StartThread } from './journal-thread.ts';
import type { SharedThread } from './shared-thread.ts';
import { ThreadEnd } from './thread-end.ts';

/** The part of a pipe between two processes that the journal uses. */
export interface JournalPipe {
  tell(topic: string, data: unknown): void;
  onTold(topic: string, listener: (data: unknown) => void): void;
}

const JOIN = 'journal.join';
const POST = 'journal.post';
const REPLIES = 'journal.replies';

/** In a process without a thread: what its journal is opened with (`JournalOptions.start`). */
export function threadBehind(pipe: JournalPipe): StartThread {
  return () => {
    const end = new ThreadEnd({
      post: (message) => {
        pipe.tell(POST, message);
      },
      leave: () => Promise.resolve(),
    });
    pipe.onTold(REPLIES, (data) => {
      // Sent by the other end, which is of the same build.
      for (const reply of data as readonly JournalReply[]) {
        end.tell(reply);
        if (reply.kind === 'closed' || reply.kind === 'refused') end.end();
      }
    });
    pipe.tell(JOIN, {});
    return end;
  };
}

/**
 * In the process with the thread: lets the one at the other end of the pipe share it.
 *
 * @returns ends that: nothing that comes through the pipe reaches the thread any more.
 */
export function shareThread(shared: SharedThread, pipe: JournalPipe): () => void {
  let end: ReturnType<SharedThread['join']> | undefined;
  let isOver = false;
  pipe.onTold(JOIN, () => {
    if (isOver || end !== undefined) return;
    end = shared.join();
    end.on('message', (replies) => {
      pipe.tell(REPLIES, replies);
    });
  });
  pipe.onTold(POST, (data) => {
    if (!isOver) end?.postMessage(data as JournalPost);
  });
  return () => {
    isOver = true;
    void end?.terminate();
  };
}
