import type { Clock } from '../clock.ts';
import type { Journal } from './storage/journal.port.ts';

/** So many at once are written in one commit. */
const AT_ONCE = 200;

/**
 * Ends the calls that a process before this one left open: their legs died with
 * it. They end as `lost`, at the time at which that was noticed. Looks at no
 * call that has ended, however many there are.
 */
export async function endStaleCalls(journal: Journal, clock: Clock): Promise<void> {
  for (;;) {
    const callSids = await journal.query('openCalls', { limit: AT_ONCE });
    const ended = await Promise.all(
      callSids.map((callSid) => journal.transact('endCall', { callSid, reason: 'lost', at: clock.now() })),
    );
    if (!ended.includes(true)) return;
  }
}
