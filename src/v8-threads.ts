import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import process from 'node:process';

/** The threads of a process, in the order in which they were made. Linux has it. */
const THREADS = '/proc/self/task';
/** What Node makes first of all, behind the main thread: V8's clock for delayed tasks, and its workers, four of them by default. */
const OF_V8 = { from: 1, to: 6 };

/**
 * Has V8's own threads, which mark and sweep the heap beside the calls, give way to whoever else wants the processor.
 *
 * There are four, and each is worth as much to the system as the thread on which all calls are: where the process has one
 * core, calls have a fifth of it for as long as the heap is marked, a tenth of a second. They give way and do not starve:
 * V8 waits for them in the end, and so do the calls (docs/decisions/0043-helpers-give-way.md). Does nothing where threads
 * have no priorities of their own: elsewhere than on Linux.
 */
export function yieldV8Threads(): void {
  // Whoever chooses how many there are has chosen what they may take.
  const isChosen = process.execArgv.some((option) => option.includes('v8-pool-size'));
  if (process.platform !== 'linux' || isChosen) return;
  for (const thread of readdirSync(THREADS).slice(OF_V8.from, OF_V8.to)) {
    try {
      setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      return; // A system that does not allow it: then it is as it always was.
    }
  }
}
