import type { EngineError } from '../../../errors.ts';
import type { Journal, JournalLoad } from '../journal.port.ts';

/** The journal in the hands of who opened it. */
export interface OwnJournal extends Journal {
  /**
   * Closes it, for a process that ends whatever comes of it: what was recorded has so many ms to reach the disk, then
   * its thread is stopped. Never rejects. False: the thread hangs, and keeps the process from ending in good order.
   */
  endWithin(ms: number): Promise<boolean>;
  /** Resolves when its thread has died for good: nothing is stored any more, and the process has to end. */
  readonly broken: Promise<EngineError>;
  readonly load: JournalLoad;
}
