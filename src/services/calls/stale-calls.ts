import type { Journal, OpenCall } from '../storage/journal.port.ts';

/** No time runs backwards in a log: a row from before all others stands at the time of the last. */
const LAST_ROWS_TIME = 0;
/** So many at once are written in one commit. */
const AT_ONCE = 200;

/**
 * Ends the calls that a process before this one left open: their legs died with
 * it. They end as `lost`, at the time of the last that was written of each. Looks at no
 * call that has ended, however many there are.
 *
 * @param isAwaited - a call that may come back is left as it is; without it there are none.
 * @returns those that are left.
 */
export async function endStaleCalls(
  journal: Pick<Journal, 'query' | 'transact'>,
  isAwaited: (call: OpenCall) => boolean = () => false,
): Promise<OpenCall[]> {
  const awaited: OpenCall[] = [];
  for (let after = ''; ;) {
    const calls = await journal.query('openCalls', { limit: AT_ONCE, after });
    const stale = calls.filter((call) => !isAwaited(call));
    await Promise.all(stale.map(({ callSid }) => endAsLost(journal, callSid)));
    awaited.push(...calls.filter(isAwaited));
    const last = calls.at(-1);
    if (last === undefined) return awaited;
    after = last.callSid;
  }
}

/** Nobody will bring it back. A call that has ended meanwhile stays as it is. */
export const endAsLost = (journal: Pick<Journal, 'transact'>, callSid: string): Promise<boolean> =>
  journal.transact('endCall', { callSid, reason: 'lost', at: LAST_ROWS_TIME });
