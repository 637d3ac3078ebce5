import { describe, expect, test } from 'vitest';
import { endStaleCalls } from '../../../src/services/calls/stale-calls.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { shortCall, storeJournal } from '../../support/stored-calls.ts';

const ENDED = 5000;
const OPEN = 450;

describe('calls that an earlier process left open', () => {
  test('calls that an earlier process left open end as lost, and those that had ended are not looked at', async () => {
    const { store, journal } = storeJournal();
    store.atomically(() => {
      for (let n = 0; n < ENDED; n++)
        journal.record(`CA${String(n)}`, shortCall(`CA${String(n)}`).slice(0, 1));
      for (let n = 0; n < ENDED; n++) {
        if (n % 10 !== 0 || n >= OPEN * 10) {
          store.transact('endCall', { callSid: `CA${String(n)}`, reason: 'completed', at: 0 });
        }
      }
    });
    const asked: string[] = [];
    const counted: Journal = {
      ...journal,
      query: (name, args) => (asked.push(name), journal.query(name, args)),
      transact: (name, args) => (asked.push(name), journal.transact(name, args)),
    };
    await endStaleCalls(counted);

    const { items } = await journal.query('findCalls', { limit: 200, endReason: 'lost' });
    expect(items).toHaveLength(200);
    expect(items.every(({ endedAt, startedAt }) => endedAt === startedAt)).toBe(true);
    expect(await journal.query('openCalls', { limit: 1 })).toEqual([]);
    const { endReasons } = await journal.query('analytics', {});
    expect(endReasons).toEqual(
      expect.arrayContaining([
        { reason: 'lost', count: OPEN },
        { reason: 'completed', count: ENDED - OPEN },
      ]),
    );
    // Pages of open calls, the empty one last, and one transaction for each call.
    expect(asked.filter((name) => name === 'openCalls')).toHaveLength(4);
    expect(asked.filter((name) => name === 'endCall')).toHaveLength(OPEN);
    expect(asked).toHaveLength(4 + OPEN);
  });

  test('the start writes nothing when an earlier process left no call open', async () => {
    const { journal } = storeJournal();
    journal.record('CA1', shortCall('CA1'));
    await endStaleCalls(journal);
    expect(await journal.query('events', { callSid: 'CA1' })).toHaveLength(15);
  });
});
