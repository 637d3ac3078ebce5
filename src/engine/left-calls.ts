import type { Log } from '../log.ts';

/** How long what was recorded may take to reach the disk, in ms. Callers are heard and answered meanwhile. */
const WRITTEN_WITHIN_MS = 1000;
/** RFC 6455, 7.4.1 and the IANA registry: the service restarts. */
const SERVICE_RESTART = 1012;

export interface LeftCallsParts {
  readonly journal: { endWithin(ms: number): Promise<boolean> };
  readonly streams: { giveUp(code: number, reason: string): void };
  readonly log: Log;
}

/**
 * Leaves the calls of a process that ends in the middle of what they are at: what was recorded goes to the database, or
 * into a file beside it, and their streams are closed. The carrier asks what comes next, and whoever is asked brings
 * them back from their logs, as after a crash. The process is to end in the same step, so that nobody asks it about them.
 */
export async function leaveCalls({ journal, streams, log }: LeftCallsParts, calls: number): Promise<void> {
  if (calls > 0) log.info({ calls }, 'calls are left for others to go on with');
  await journal.endWithin(WRITTEN_WITHIN_MS);
  streams.giveUp(SERVICE_RESTART, 'restart');
}
