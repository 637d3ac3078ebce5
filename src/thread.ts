import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of ours.
 *
 * Built code runs as it is; from sources (tests, `npm run dev`) the thread
 * loads TypeScript through tsx. `--import tsx` does not do that in a thread of
 * Node 20, so a line of JavaScript registers tsx there and imports the module.
 *
 * @param module - `new URL('./x.worker.ts', import.meta.url)`; the ending is put right for built code.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  const begin = startingModule(module);
  if (!begin.href.endsWith('.ts')) return new Worker(begin, options);
  const tsx = import.meta.resolve('tsx/esm/api');
  const source = `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(begin.href)}); });`;
  return new Worker(source, { ...options, eval: true });
}

/** Where a module of ours is that a thread, or a process, begins with: sources begin with sources, built code with built code. */
export function startingModule(module: URL): URL {
  return import.meta.url.endsWith('.ts') ? module : new URL(module.href.replace(/\.ts$/, '.js'));
}
