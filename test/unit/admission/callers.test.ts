import { describe, expect, test } from 'vitest';
import { board, limitsOf } from '../../support/admission.ts';

const CALLER = '+12025550123';
const OTHER = '+12025550188';

describe('calls of one number at once', () => {
  test('calls of one number at once are three; the fourth hears the busy message, and other numbers are taken', async () => {
    const { rings, registry } = board();
    for (let n = 0; n < 3; n++) expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
    expect((await rings(CALLER)).step).toEqual({
      kind: 'busy',
      message: 'All our lines are busy. Please call again later.',
      language: 'en',
      cause: 'caller_at_once',
    });
    expect(await rings(OTHER)).toMatchObject({ kind: 'stream' });
    expect(registry.size).toBe(4);
  });

  test('calls of one number at once are three when all ring in the same moment', async () => {
    const { rings } = board();
    const answers = await Promise.all(Array.from({ length: 10 }, () => rings(CALLER)));
    expect(answers.map(({ kind }) => kind).filter((kind) => kind === 'stream')).toHaveLength(3);
  });

  test('calls of one number at once leave room again when one ends', async () => {
    const { rings, ends } = board();
    const { callSid } = await rings(CALLER);
    await rings(CALLER);
    await rings(CALLER);
    await ends(callSid);
    expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
    expect(await rings(CALLER)).toMatchObject({ cause: 'caller_at_once' });
  });

  test('calls of one number at once do not count one that was refused for another cause', async () => {
    const { rings, journal } = board();
    await journal.transact('blockNumber', { phone: CALLER, at: 0 });
    for (let n = 0; n < 5; n++) expect(await rings(CALLER)).toMatchObject({ cause: 'blocked' });
    await journal.transact('unblockNumber', { phone: CALLER });
    for (let n = 0; n < 3; n++) expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
  });
});

describe('calls of one number within an hour', () => {
  const TWENTY = 20;

  /** So many calls, one after the other, each over before the next. */
  async function busyHour({ rings, ends }: ReturnType<typeof board>, from: string, calls: number) {
    for (let n = 0; n < calls; n++) {
      const { callSid, kind } = await rings(from);
      expect(kind).toBe('stream');
      await ends(callSid);
    }
  }

  test('calls of one number within an hour are twenty, and one more for each that is an hour old', async () => {
    const desk = board();
    await busyHour(desk, CALLER, TWENTY);
    expect(await desk.rings(CALLER)).toMatchObject({ cause: 'caller_per_hour' });
    expect(await desk.rings(OTHER)).toMatchObject({ kind: 'stream' });
    // The first was taken 20 times 10 s ago.
    await desk.clock.run(3_600_000 - TWENTY * 10_000);
    expect(await desk.rings(CALLER)).toMatchObject({ kind: 'stream' });
    expect(await desk.rings(CALLER)).toMatchObject({ cause: 'caller_per_hour' });
  });

  test('calls of one number within an hour are twenty across a restart', async () => {
    const first = board();
    await busyHour(first, CALLER, TWENTY);
    const second = board(limitsOf(), { journal: first.journal });
    expect(await second.rings(CALLER, { callSid: 'CA-later' })).toMatchObject({ cause: 'caller_per_hour' });
  });

  test('calls of one number within an hour do not count what an operator tries, or whom the engine calls', async () => {
    const desk = board(limitsOf({ callers: { atOnce: 1, perHour: 1 } }));
    for (let n = 0; n < 5; n++) {
      expect(await desk.rings('client:softphone', { peer: 'page' })).toMatchObject({ kind: 'stream' });
      const called = { direction: 'outbound', to: CALLER, agentId: 'default' } as const;
      expect(await desk.rings('+12025550100', called)).toMatchObject({ kind: 'stream' });
    }
    expect(await desk.rings(CALLER)).toMatchObject({ kind: 'stream' });
  });

  test('calls of one number within an hour count a test that comes by telephone: anybody could say so', async () => {
    const desk = board(limitsOf({ callers: { atOnce: 1, perHour: 1 } }));
    expect(await desk.rings(CALLER, { isTest: true })).toMatchObject({ kind: 'stream' });
    expect(await desk.rings(CALLER, { isTest: true })).toMatchObject({ cause: 'caller_at_once' });
  });

  test('calls of one number within an hour have no end where none is set', async () => {
    const desk = board(limitsOf({ callers: { atOnce: null, perHour: null } }));
    for (let n = 0; n < 60; n++) expect(await desk.rings(CALLER)).toMatchObject({ kind: 'stream' });
  });
});

describe('callers who withhold their number', () => {
  // Words, nothing, and what Twilio passes on as numbers: ANONYMOUS and RESTRICTED on a keypad.
  const NAMES = ['anonymous', '', 'Restricted', 'sip:eve@evil.test', '+266696687', '+7378742833'];

  test('callers who withhold their number have a quarter of the lines together, and keep out nobody else', async () => {
    const { rings } = board(limitsOf(), { lines: 40 });
    for (let n = 0; n < 10; n++) {
      expect(await rings(NAMES[n % NAMES.length] ?? '')).toMatchObject({ kind: 'stream' });
    }
    for (const name of NAMES) expect(await rings(name)).toMatchObject({ cause: 'caller_at_once' });
    for (let n = 0; n < 30; n++) {
      expect(await rings(`+120255502${String(n + 10)}`)).toMatchObject({ kind: 'stream' });
    }
    expect(await rings(CALLER)).toMatchObject({ cause: 'full' });
  });

  test('callers who withhold their number have as many calls in an hour as so many callers', async () => {
    const { rings, ends } = board(limitsOf({ callers: { perHour: 2 } }), { lines: 12 });
    for (let n = 0; n < 6; n++) {
      const { callSid, kind } = await rings('anonymous');
      expect(kind).toBe('stream');
      await ends(callSid);
    }
    expect(await rings('')).toMatchObject({ cause: 'caller_per_hour' });
    expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
  });

  test('callers who withhold their number have on a small engine what one caller may have', async () => {
    const { rings } = board(limitsOf(), { lines: 4 });
    for (let n = 0; n < 3; n++) expect(await rings('anonymous')).toMatchObject({ kind: 'stream' });
    expect(await rings('anonymous')).toMatchObject({ cause: 'caller_at_once' });
  });
});

describe('a webhook that is sent again', () => {
  test('a webhook that is sent again is counted once, and gets its stream where a new call would be refused', async () => {
    const { rings, registry } = board(limitsOf({ callers: { atOnce: 1, perHour: 1 } }), { lines: 1 });
    const { callSid, step } = await rings(CALLER);
    expect(step).toMatchObject({ kind: 'stream' });
    for (let n = 0; n < 5; n++) {
      expect(await rings(CALLER, { callSid })).toMatchObject({ kind: 'stream' });
    }
    expect(registry.size).toBe(1);
  });

  test('a webhook that is sent again gets its stream when both come in the same moment to the last line', async () => {
    const { rings, registry } = board(limitsOf({ callers: { atOnce: 1, perHour: 1 } }), { lines: 1 });
    const both = await Promise.all([rings(CALLER, { callSid: 'CA7' }), rings(CALLER, { callSid: 'CA7' })]);
    expect(both.map(({ kind }) => kind)).toEqual(['stream', 'stream']);
    expect(registry.size).toBe(1);
  });

  test('a webhook that is sent again after the call has ended takes no line, and none is lost to it', async () => {
    const { rings, ends } = board(limitsOf(), { lines: 1 });
    const { callSid } = await rings(CALLER);
    await ends(callSid);
    expect(await rings(CALLER, { callSid })).toMatchObject({ kind: 'hangup' });
    expect(await rings(OTHER)).toMatchObject({ kind: 'stream' });
  });

  test('a webhook that is sent again for a call that is refused is one refusal', async () => {
    const { rings, refused, journal } = board(limitsOf(), { lines: 0 });
    for (let n = 0; n < 4; n++) await rings(CALLER, { callSid: 'CA9' });
    expect(refused).toEqual(['full']);
    expect((await journal.query('refusedCalls', { limit: 9 })).items).toHaveLength(1);
  });
});

describe('a line', () => {
  test('a line is free again when the journal cannot write', async () => {
    const { rings, journal } = board(limitsOf(), { lines: 1 });
    let isBroken = true;
    const flaky = board(limitsOf(), {
      lines: 1,
      journal: {
        ...journal,
        transact: (name, args) =>
          isBroken && name === 'admitCall'
            ? Promise.reject(new Error('full disk'))
            : journal.transact(name, args),
      },
    });
    expect(await flaky.rings(CALLER)).toMatchObject({ cause: 'storage' });
    expect(await flaky.rings(CALLER)).toMatchObject({ cause: 'storage' });
    isBroken = false;
    expect(await flaky.rings(CALLER)).toMatchObject({ kind: 'stream' });
    expect(await rings(OTHER)).toMatchObject({ kind: 'stream' });
  });

  test('a line is not given while the engine drains', async () => {
    const { rings, desk, refused } = board();
    const { callSid } = await rings(CALLER);
    void desk.drain(60_000);
    expect(await rings(OTHER)).toMatchObject({ cause: 'draining' });
    expect(await rings(CALLER, { callSid })).toMatchObject({ kind: 'stream' });
    expect(refused).toEqual(['draining']);
  });
});
