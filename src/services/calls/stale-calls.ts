import type { Journal } from '../storage/journal.port.ts';

/** No time runs backwards in a log: a row from before all others stands at the time of the last. */
const LAST_ROWS_TIME = 0;
/** So many at once are written in one commit. */
const AT_ONCE = 200;

/**
 * Ends the calls that a process before this one left open: their legs died with
 * it. They end as `lost`, at the time of the last that was written of each. Looks at no
 * call that has ended, however many there are.
 */
export async function endStaleCalls(journal: Journal): Promise<void> {
  for (;;) {
    const callSids = await journal.query('openCalls', { limit: AT_ONCE });
    const ended = await Promise.all(
      callSids.map((callSid) => journal.transact('endCall', { callSid, reason: 'lost', at: LAST_ROWS_TIME })),
    );
    if (!ended.includes(true)) return;
  }
}
