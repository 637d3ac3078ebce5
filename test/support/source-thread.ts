import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread from TypeScript sources, which Node 20 does only for a thread
 * that has registered a loader itself: `--import tsx` does nothing in a worker.
 */
export function startSourceThread(module: URL, options: WorkerOptions = {}): Worker {
  const boot = `
    import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))};
    register();
    await import(${JSON.stringify(module.href)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), options);
}
