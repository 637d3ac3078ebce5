import { describe, expect, test } from 'vitest';
import { board, limitsOf } from '../../support/admission.ts';

const number = (n: number) => `+1202555${String(1000 + n)}`;

describe('calls that are refused', () => {
  test('calls that are refused are counted one by one, told in a few lines, and kept in some rows', async () => {
    const { rings, refused, log, journal, clock } = board(limitsOf(), { lines: 0 });
    for (let n = 0; n < 1000; n++) await rings(number(n));
    expect(refused).toHaveLength(1000);
    await clock.run(60_000);
    await rings(number(1000));
    const lines = log.lines.filter(({ sentence }) => sentence === 'calls refused');
    expect(lines.map(({ fields }) => fields)).toEqual([
      { cause: 'full', calls: 1 },
      { cause: 'full', calls: 1000 },
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/\+1202|555/);
    expect((await journal.query('refusedCalls', { limit: 200 })).items).toHaveLength(61);
  });

  test('calls that are refused have a line for each cause', async () => {
    const { rings, log, journal } = board(limitsOf({ callers: { atOnce: 1 } }));
    await journal.transact('blockNumber', { phone: number(1), at: 0 });
    await rings(number(1));
    await rings(number(2));
    await rings(number(2));
    const causes = log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields);
    expect(causes).toEqual([
      { cause: 'blocked', calls: 1 },
      { cause: 'caller_at_once', calls: 1 },
    ]);
  });

  test('calls that are refused leave who called, when and why; of a withheld number no more than that', async () => {
    const { rings, journal } = board(limitsOf(), { lines: 0 });
    await rings(number(1), { callSid: 'CA1' });
    await rings('anonymous', { callSid: 'CA2' });
    const refusedAt = '2026-11-25T10:00:00.000Z';
    expect(await journal.query('refusedCalls', { limit: 9 })).toEqual({
      items: [
        { callSid: 'CA2', phone: null, cause: 'full', refusedAt },
        { callSid: 'CA1', phone: number(1), cause: 'full', refusedAt },
      ],
      nextCursor: null,
    });
    expect((await journal.query('findCalls', { limit: 9 })).items).toEqual([]);
  });
});
