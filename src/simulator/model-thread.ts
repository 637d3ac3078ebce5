import { once } from 'node:events';
import { type ErrorNote, errorOf } from '../errors.ts';
import { startThread } from '../thread.ts';

export interface ModelThreadData {
  /** Path of its scenario; undefined: the built-in one. */
  readonly scenario: string | undefined;
}

/** What the thread says, once. */
export type FromModelThread = { readonly url: string } | { readonly error: ErrorNote };

/**
 * Starts the simulated model in a thread: a process that has other things to do, and for many, is not kept from them by
 * what a model computes. When the thread dies later so does the process, as of any exception.
 *
 * @throws {EngineError} as `startSimulatedModel` does.
 */
export async function startModelThread(
  scenario: string | undefined,
): Promise<{ url: string; close: () => Promise<void> }> {
  const data: ModelThreadData = { scenario };
  const thread = startThread(new URL('./simulated-model.worker.ts', import.meta.url), { workerData: data });
  const [told] = (await once(thread, 'message')) as [FromModelThread];
  const close = async () => {
    await thread.terminate();
  };
  if ('url' in told) return { url: told.url, close };
  await close();
  throw errorOf(told.error);
}
