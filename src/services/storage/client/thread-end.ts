import { EventEmitter } from 'node:events';
import type { JournalPost, JournalReply } from '../sqlite/journal-messages.ts';
import type { Thread } from './journal-thread.ts';

export interface ThreadEndWays {
  readonly post: (message: JournalPost) => void;
  /** Its client wants nothing more of the thread. */
  readonly leave: () => Promise<unknown>;
}

/**
 * A thread as one client has it, whose messages go another way than to a worker thread of its own: through a pipe, or to
 * a thread that others have as well. Replies of one moment come together, as a thread sends them.
 */
export class ThreadEnd implements Thread {
  readonly #ways: ThreadEndWays;
  readonly #told = new EventEmitter<{ message: [readonly JournalReply[]]; exit: [] }>();
  #replies: JournalReply[] = [];
  #isEnded = false;

  constructor(ways: ThreadEndWays) {
    this.#ways = ways;
  }

  postMessage(message: JournalPost): void {
    if (!this.#isEnded) this.#ways.post(message);
  }

  terminate(): Promise<unknown> {
    return this.#ways.leave();
  }

  on(event: 'message' | 'error' | 'exit', listener: (argument: never) => void): this {
    // A pipe does not fail by itself: its end is the process's.
    if (event !== 'error') this.#told.on(event, listener as () => void);
    return this;
  }

  /** Tells the client, behind what is being done now: it may not listen yet. */
  tell(reply: JournalReply): void {
    if (this.#isEnded) return;
    this.#replies.push(reply);
    if (this.#replies.length > 1) return;
    process.nextTick(() => {
      const replies = this.#replies;
      this.#replies = [];
      this.#told.emit('message', replies);
    });
  }

  /** There is no thread any more, behind what was told. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    process.nextTick(() => {
      this.#told.emit('exit');
    });
  }
}
