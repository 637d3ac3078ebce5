import type { Clock } from '../../../clock.ts';
import { type EngineError, noteOf } from '../../../errors.ts';
import { startThread } from '../../../thread.ts';
import type {
  JournalPost,
  JournalReply,
  JournalThreadData,
  QueryRequest,
  WriteRequest,
} from '../sqlite/journal-messages.ts';
import { JournalThread, type StartThread, type Thread } from './journal-thread.ts';
import type { JournalLog } from './row-gatherer.ts';
import { ThreadEnd } from './thread-end.ts';

export interface SharedThreadDeps {
  readonly clock: Clock;
  readonly log: JournalLog;
  /** Starts the journal's thread. Default: a worker thread. */
  readonly start?: StartThread;
}

/** A request that the thread has not answered: whose it is, and the id that it has there. */
interface Unanswered {
  readonly end: ThreadEnd;
  readonly id: number;
}

/**
 * One journal thread for several clients: the process that owns the database, and its workers. To the thread they are
 * one client, so that what they write shares commits: each request has an id of its own here, and the same one when it
 * is sent again.
 *
 * Nothing is kept here that a client does not keep itself. When the thread dies each is told that one has opened, and
 * sends what it still waits for.
 */
export class SharedThread {
  readonly #deps: SharedThreadDeps;
  #thread: JournalThread | undefined;
  /** Whose close is the thread's. */
  #owner: ThreadEnd | undefined;
  /** By client: the ids here of its requests, by its own. */
  readonly #idsOf = new Map<ThreadEnd, Map<number, number>>();
  /** By the ids here, in their order. */
  readonly #unanswered = new Map<number, Unanswered>();
  #lastId = 0;

  constructor(deps: SharedThreadDeps) {
    this.#deps = deps;
  }

  /** Starts the thread, for the client who owns it: with what it brings. To be called once, before anybody joins. */
  readonly open: StartThread = (_module, { workerData }) => {
    const { clock, log, start = startThread } = this.#deps;
    const owner = this.#end(async () => {
      const isStopped = await this.#thread?.stop();
      // What cannot be stopped has not ended.
      if (isStopped === false) await new Promise(() => undefined);
    });
    this.#owner = owner;
    this.#thread = new JournalThread({
      ...{ clock, start },
      // Made by sqlite-journal.ts, for a thread of its own.
      data: workerData as JournalThreadData,
      onOpened: () => {
        for (const end of this.#idsOf.keys()) end.tell({ kind: 'opened' });
      },
      onReply: (reply) => {
        this.#replied(reply);
      },
      onDeath: ({ code, message }) => {
        log.error({ code, message }, 'journal thread died, starting another');
      },
      onEnd: (cause) => {
        this.#ended(cause);
      },
    });
    return owner;
  };

  /** Another client's end. Its close, and its stop, are its own affair. */
  join(): Thread {
    const end: ThreadEnd = this.#end(() => {
      this.#forget(end);
      return Promise.resolve();
    });
    if (this.#thread?.isOpen === true) end.tell({ kind: 'opened' });
    return end;
  }

  #end(leave: () => Promise<unknown>): ThreadEnd {
    const end: ThreadEnd = new ThreadEnd({
      leave,
      post: (message) => {
        this.#post(end, message);
      },
    });
    this.#idsOf.set(end, new Map());
    return end;
  }

  #post(end: ThreadEnd, message: JournalPost): void {
    if (message.kind === 'close') {
      this.#close(end);
      return;
    }
    // Between two threads nothing is kept: it is sent again when the next one has opened.
    if (this.#thread?.isOpen !== true) return;
    this.#thread.post({ ...this.#named(end, message), waitsFrom: this.#waitsFrom });
  }

  #named(end: ThreadEnd, request: WriteRequest | QueryRequest): WriteRequest | QueryRequest {
    const ids = this.#idsOf.get(end);
    const id = ids?.get(request.id) ?? ++this.#lastId;
    ids?.set(request.id, id);
    this.#unanswered.set(id, { end, id: request.id });
    return { ...request, id };
  }

  get #waitsFrom(): number {
    const [first] = this.#unanswered.keys();
    return first ?? this.#lastId + 1;
  }

  #close(end: ThreadEnd): void {
    if (end === this.#owner) {
      this.#thread?.post({ kind: 'close', waitsFrom: this.#waitsFrom });
      return;
    }
    end.tell({ kind: 'closed' });
    end.end();
    this.#forget(end);
  }

  #replied(reply: Exclude<JournalReply, { kind: 'opened' | 'refused' }>): void {
    switch (reply.kind) {
      case 'done':
      case 'rejected': {
        const asked = this.#unanswered.get(reply.id);
        // Of a client that has left.
        if (asked === undefined) return;
        this.#unanswered.delete(reply.id);
        this.#idsOf.get(asked.end)?.delete(asked.id);
        asked.end.tell({ ...reply, id: asked.id });
        return;
      }
      case 'health':
        // While it lasts it is told twice a second: whoever joins later hears of it, too.
        for (const end of this.#idsOf.keys()) end.tell(reply);
        return;
      case 'spoilt':
      case 'closed':
        this.#owner?.tell(reply);
        return;
    }
  }

  #ended(cause: EngineError | undefined): void {
    for (const end of [...this.#idsOf.keys()]) {
      if (end !== this.#owner || cause !== undefined) {
        const error =
          cause === undefined
            ? { code: 'STORAGE_UNAVAILABLE' as const, message: 'the journal is closed' }
            : noteOf(cause, 'STORAGE_UNAVAILABLE');
        end.tell({ kind: 'refused', error });
      }
      end.end();
      this.#forget(end);
    }
  }

  #forget(end: ThreadEnd): void {
    for (const id of this.#idsOf.get(end)?.values() ?? []) this.#unanswered.delete(id);
    this.#idsOf.delete(end);
  }
}
