import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of ours.
 *
 * Built code runs as it is; from sources (tests, `npm run dev`) the thread
 * loads TypeScript through tsx, which the main thread's loader does not pass on.
 *
 * @param module - `new URL('./x.worker.ts', import.meta.url)`; the ending is put right for built code.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  if (!isSource) return new Worker(new URL(module.href.replace(/\.ts$/, '.js')), options);
  return new Worker(module, { ...options, execArgv: [...(options.execArgv ?? []), '--import', 'tsx'] });
}
