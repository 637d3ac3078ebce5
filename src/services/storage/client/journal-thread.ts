import type { WorkerOptions } from 'node:worker_threads';
import type { Clock } from '../../../clock.ts';
import { EngineError, errorOf } from '../../../errors.ts';
import { type JournalPost, type JournalReply, type JournalThreadData } from '../sqlite/journal-messages.ts';

/** How long a thread that is to stop may take, in ms. One that runs stops at once; one that waits for the disk cannot. */
const STOP_WITHIN_MS = 100;

/** Two deaths within this time, in ms, are no accident: something kills every thread that touches the file. */
const DEATHS_APART_MS = 60_000;

/** The part of a `Worker` that is used here. */
export interface Thread {
  postMessage(message: JournalPost): void;
  terminate(): Promise<unknown>;
  on(event: 'message', listener: (replies: readonly JournalReply[]) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
}

export type StartThread = (module: URL, options: WorkerOptions) => Thread;

export interface JournalThreadDeps {
  readonly data: Omit<JournalThreadData, 'isAgain'>;
  readonly clock: Clock;
  readonly start: StartThread;
  readonly onReply: (reply: Exclude<JournalReply, { kind: 'opened' | 'refused' }>) => void;
  /** A thread has the file open: the first, or the one after a death, which knows nothing of what was sent before. */
  readonly onOpened: () => void;
  /** The thread has died; another is being started. */
  readonly onDeath: (cause: EngineError) => void;
  /** There is no thread any more, and there will be none. Told once. */
  readonly onEnd: (cause: EngineError | undefined) => void;
}

/** Keeps the journal's thread running: a dead one is started again, unless it was the second within a minute. */
export class JournalThread {
  readonly #deps: JournalThreadDeps;
  #thread: Thread;
  #lastDeath = Number.NEGATIVE_INFINITY;
  #isOpen = false;
  #wasOpened = false;
  #isClosed = false;

  constructor(deps: JournalThreadDeps) {
    this.#deps = deps;
    this.#thread = this.#start();
  }

  /** False before the file is open, and between a death and the next thread. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  post(message: JournalPost): void {
    this.#thread.postMessage(message);
  }

  /** Stops it whatever it does, for good. False: it cannot be stopped. */
  async stop(): Promise<boolean> {
    this.#isClosed = true;
    const stopped = this.#thread.terminate().then(
      () => true,
      () => true, // It had ended.
    );
    return Promise.race([stopped, this.#after(STOP_WITHIN_MS).then(() => false)]);
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.setTimeout(resolve, ms));
  }

  #start(): Thread {
    const workerData: JournalThreadData = { ...this.#deps.data, isAgain: this.#wasOpened };
    const module = new URL('../sqlite/journal.worker.ts', import.meta.url);
    const thread = this.#deps.start(module, { workerData });
    let cause: EngineError | undefined;
    thread.on('message', (replies) => {
      for (const reply of replies) {
        switch (reply.kind) {
          case 'opened':
            this.#isOpen = true;
            this.#wasOpened = true;
            this.#deps.onOpened();
            break;
          case 'refused':
            this.#isClosed = true;
            cause = errorOf(reply.error);
            break;
          case 'closed':
            this.#isClosed = true;
            this.#deps.onReply(reply);
            break;
          case 'done':
          case 'rejected':
          case 'spoilt':
          case 'health':
            this.#deps.onReply(reply);
            break;
        }
      }
    });
    thread.on('error', (error) => {
      cause = new EngineError('STORAGE_UNAVAILABLE', "the journal's thread failed", { cause: error });
    });
    thread.on('exit', () => {
      this.#exited(cause);
    });
    return thread;
  }

  #exited(cause: EngineError | undefined): void {
    this.#isOpen = false;
    if (this.#isClosed) {
      this.#deps.onEnd(cause);
      return;
    }
    const died = cause ?? new EngineError('STORAGE_UNAVAILABLE', "the journal's thread died");
    const now = this.#deps.clock.steady();
    const isSecond = now - this.#lastDeath < DEATHS_APART_MS;
    this.#lastDeath = now;
    if (isSecond) {
      this.#deps.onEnd(died);
      return;
    }
    this.#deps.onDeath(died);
    this.#thread = this.#start();
  }
}
