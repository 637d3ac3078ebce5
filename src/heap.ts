import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow, in percent of what lives in it, before all of it is marked again. */
const GROWING_PERCENT = 50;

/**
 * Lets garbage lie a little longer, in this process and all its threads.
 *
 * V8 keeps the heap of a slow mutator tight, at a tenth above what lives: an
 * engine of a hundred calls, which makes half a megabyte of old garbage a
 * second, would mark its thirty megabytes every few seconds, for an eighth of
 * its CPU time (docs/decisions/0014-the-heap-may-grow.md).
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${String(GROWING_PERCENT)}`);
}

/** How long after a thread has loaded what it runs its start is over, in ms: what follows at once is done. */
export const START_TAKES_MS = 2000;

/**
 * Gives back what this thread has no use for: garbage, and the room for new objects, which grows as a program is loaded and
 * by itself never shrinks. Takes some 50 ms in which nothing else runs.
 */
export function giveMemoryBack(): void {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.collectGarbage', () => {
    // Within its own answer a session that is ended waits for itself, for ever.
    setImmediate(() => {
      session.disconnect();
    });
  });
}
