import type { Worker, WorkerOptions } from 'node:worker_threads';
import { startThread } from '../../../thread.ts';
import type { StartThread } from './journal-thread.ts';

const MODULE = new URL('../sqlite/journal.worker.ts', import.meta.url);

/**
 * A thread for the journal that loads what it needs beside the engine, which loads at the same time: a start is sooner by
 * that. It touches no file until it is started, and keeps no process from ending that does not come so far.
 */
export class EarlyThread {
  #loading: Worker | undefined;

  constructor() {
    this.#loading = startThread(MODULE);
    this.#loading.unref();
    // One that does not load is not used: then the first that is started says why.
    this.#loading.once('error', () => {
      this.#loading = undefined;
    });
  }

  /** Starts it; and after it, when it has died, others. */
  readonly start: StartThread = (module: URL, options: WorkerOptions) => {
    const thread = this.#loading;
    this.#loading = undefined;
    if (thread === undefined) return startThread(module, options);
    thread.ref();
    thread.postMessage(options.workerData);
    return thread;
  };
}
