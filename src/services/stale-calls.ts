import type { Clock } from '../clock.ts';
import type { Journal } from './storage/journal.port.ts';

const PAGE = 200;

/**
 * Ends the calls that a process before this one left open: their legs died with
 * it. They end as `lost`, at the time at which that was noticed.
 */
export async function endStaleCalls(journal: Journal, clock: Clock): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await journal.query('calls', { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const { callSid, endedAt } of page.items) {
      if (endedAt === null) await journal.transact('endCall', { callSid, reason: 'lost', at: clock.now() });
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
