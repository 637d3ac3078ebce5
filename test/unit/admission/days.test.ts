import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Usage } from '../../../src/machines/call/call.events.ts';
import { EngineDay } from '../../../src/services/admission/engine-day.ts';
import { costMicrosOf, readModelRates } from '../../../src/services/admission/model-rates.ts';
import { board, limitsOf, profile, RATES, TEN } from '../../support/admission.ts';
import { sentenceOf } from '../../../src/protocol/profile-sentences.ts';

const CALLER = '+12025550123';
const usage = (of: Partial<Usage>): Usage => ({
  ...{ kind: 'response', inputTextTokens: 0, inputAudioTokens: 0, cachedTokens: 0 },
  ...{ outputTextTokens: 0, outputAudioTokens: 0, seconds: 0 },
  ...of,
});
/** One unit of the rates' currency. */
const ONE = usage({ outputAudioTokens: 1e6 / RATES.audioOut });
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('the ceiling of calls', () => {
  test('the ceiling of calls is for all callers together, and gone with the next day', async () => {
    const { rings, clock, refused } = board(limitsOf({ day: { calls: 2 } }));
    for (let n = 1; n <= 2; n++)
      expect(await rings(`+1202555010${String(n)}`)).toMatchObject({ kind: 'stream' });
    expect(await rings(CALLER)).toMatchObject({ cause: 'day_calls' });
    await clock.run(DAY_MS);
    expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
    expect(refused).toEqual(['day_calls']);
  });

  test('the ceiling of calls counts what an operator tries, and holds for it', async () => {
    const { rings } = board(limitsOf({ day: { calls: 1 } }));
    const test = { peer: 'page' } as const;
    expect(await rings('client:softphone', test)).toMatchObject({ kind: 'stream' });
    expect(await rings('client:softphone', test)).toMatchObject({ cause: 'day_calls' });
    expect(await rings(CALLER)).toMatchObject({ cause: 'day_calls' });
  });

  test('a ceiling of 0 calls takes no call', async () => {
    const { rings } = board(limitsOf({ day: { calls: 0 } }));
    expect(await rings(CALLER)).toMatchObject({ cause: 'day_calls' });
  });

  test('the ceiling of calls survives a restart, and calls that are erased', async () => {
    const first = board(limitsOf({ day: { calls: 1 } }));
    await first.ends((await first.rings(CALLER)).callSid);
    while (!(await first.journal.transact('eraseNumber', { phone: CALLER, rows: 1000 })).isDone);
    const second = board(limitsOf({ day: { calls: 1 } }), { journal: first.journal });
    expect(await second.rings(CALLER, { callSid: 'CA-later' })).toMatchObject({ cause: 'day_calls' });
  });
});

describe('the ceiling of minutes', () => {
  const session = () => new EventEmitter();

  test('the ceiling of minutes counts sessions that are open, up to the moment in which a call rings', async () => {
    const { rings, clock, meter } = board(limitsOf({ day: { minutes: 2 } }));
    for (let n = 0; n < 3; n++) meter.watch(session()).emit('open');
    // Three times 40 s. The journal was told at 30 s.
    await clock.run(40_000 - 1);
    expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
    await clock.run(1);
    expect(await rings(CALLER)).toMatchObject({ cause: 'day_minutes' });
  });

  test('the ceiling of minutes counts neither the time before a session opens nor that after its end', async () => {
    const { clock, meter, journal } = board();
    const one = meter.watch(session());
    await clock.run(MINUTE_MS);
    one.emit('open');
    await clock.run(7_000);
    one.emit('close');
    await clock.run(MINUTE_MS);
    expect(await journal.query('spending', { day: '2026-11-25' })).toMatchObject({ modelMs: 7_000 });
    expect(clock.pending).toBe(0);
  });

  test('the ceiling of minutes loses at most fifteen seconds of a session to a process that is killed', async () => {
    const { clock, meter, journal } = board();
    meter.watch(session()).emit('open');
    await clock.run(44_999);
    expect(await journal.query('spending', { day: '2026-11-25' })).toMatchObject({ modelMs: 30_000 });
  });

  test('the ceiling of minutes forgets nothing while the disk refuses', async () => {
    const whole = board();
    let isBroken = true;
    const { clock, meter } = board(limitsOf(), {
      journal: {
        ...whole.journal,
        transact: (name, args) =>
          isBroken ? Promise.reject(new Error('full disk')) : whole.journal.transact(name, args),
      },
    });
    meter.watch(session()).emit('open');
    await clock.run(MINUTE_MS);
    isBroken = false;
    await clock.run(15_000);
    await meter.close();
    expect(await whole.journal.query('spending', { day: '2026-11-25' })).toMatchObject({ modelMs: 75_000 });
  });

  test('the ceiling of minutes is of the day on which the time passes', async () => {
    const { clock, meter, journal } = board();
    await clock.run(14 * 3_600_000 - MINUTE_MS);
    meter.watch(session()).emit('open');
    await clock.run(2 * MINUTE_MS);
    await meter.close();
    const of = async (day: string) => (await journal.query('spending', { day })).modelMs;
    expect([await of('2026-11-25'), await of('2026-11-26')]).toEqual([45_000, 75_000]);
  });
});

describe('the ceiling of money', () => {
  test('the ceiling of money counts what the model reports, times the rates', async () => {
    const { rings, meter } = board(limitsOf({ day: { cost: 3 } }));
    meter.used(ONE);
    meter.used(ONE);
    expect(await rings(CALLER)).toMatchObject({ kind: 'stream' });
    meter.used(ONE);
    expect(await rings(CALLER)).toMatchObject({ cause: 'day_cost' });
  });

  test.each([
    [
      'text and audio in and out',
      usage({ inputTextTokens: 1000, inputAudioTokens: 600, outputTextTokens: 50, outputAudioTokens: 200 }),
      4000 + 19_200 + 1200 + 12_800,
    ],
    ['cached text', usage({ inputTextTokens: 1000, cachedTokens: 1000 }), 400],
    [
      'cached text before cached audio',
      usage({ inputTextTokens: 1000, inputAudioTokens: 500, cachedTokens: 1200 }),
      480 + 300 * 32,
    ],
    ['no more cached than there was', usage({ inputTextTokens: 10, cachedTokens: 1e9 }), 4],
    ['seconds of transcription', usage({ kind: 'transcription', seconds: 60 }), 17_000],
    [
      'tokens of transcription',
      usage({ kind: 'transcription', inputAudioTokens: 600, outputTextTokens: 99 }),
      17_000,
    ],
    [
      'what is no amount',
      usage({ inputTextTokens: -5, outputAudioTokens: Number.NaN, cachedTokens: Infinity }),
      0,
    ],
  ])('the ceiling of money counts %s', (_what, of, micros) => {
    expect(costMicrosOf(of, RATES)).toBeCloseTo(micros, 6);
  });

  test('the ceiling of money is told by the names of the rates, each once', () => {
    expect(
      readModelRates('audio-in=32, text-in=4,cached=0.4,text-out=24,audio-out=64,transcribed-minute=0.017'),
    ).toEqual(RATES);
    for (const text of ['', 'text-in=4', 'text-in=4,text-in=4', 'toString=1', '=', 'text-in=1e3']) {
      expect(readModelRates(text)).toBeUndefined();
    }
  });
});

describe('when a ceiling is passed', () => {
  test('calls in progress go on when a ceiling is passed', async () => {
    const { rings, meter, clock, registry } = board(limitsOf({ day: { cost: 1 } }));
    await rings(CALLER);
    meter.used(ONE);
    await clock.run(15_000);
    expect(await rings('+12025550188')).toMatchObject({ cause: 'day_cost' });
    expect(registry.size).toBe(1);
  });

  test('callers in progress hear the busy message when a ceiling is passed twice over, and the calls end', async () => {
    const { rings, isGreeted, meter, clock, registry, orders, journal } = board(
      limitsOf({ day: { cost: 1 } }),
    );
    const { callSid } = await rings(CALLER);
    isGreeted(callSid);
    meter.used(ONE);
    meter.used(ONE);
    await clock.run(15_000);
    const told = () => JSON.stringify(orders.get(callSid));
    expect(told()).toContain(sentenceOf(profile, 'busy').text);
    expect(registry.size).toBe(1);
    await clock.run(30_000);
    expect(registry.size).toBe(0);
    expect(await journal.query('call', { callSid })).toMatchObject({ endReason: 'operator' });
    // Once, though the day stays overdrawn.
    expect(told().split(sentenceOf(profile, 'busy').text)).toHaveLength(2);
  });

  test('the log says each step past a ceiling once, before callers notice', async () => {
    const { meter, clock, log, shown } = board(limitsOf({ day: { cost: 10, minutes: 1000 } }));
    for (let n = 0; n < 25; n++) {
      meter.used(ONE);
      await clock.run(15_000);
    }
    const lines = log.lines.filter(({ level }) => level === 'warn');
    expect(lines.map(({ fields }) => (fields as { spent: number }).spent)).toEqual([8e6, 10e6, 20e6]);
    expect(shown.at(-1)).toMatchObject({ costMicros: 25e6 });
  });
});

describe('a day of the engine', () => {
  const at = (iso: string) => Date.parse(iso);

  test('a day of the engine begins at midnight of its own zone', () => {
    const india = new EngineDay('Asia/Kolkata');
    expect(india.of(at('2026-11-25T18:29:59.999Z'))).toBe('2026-11-25');
    expect(india.of(at('2026-11-25T18:30:00Z'))).toBe('2026-11-26');
    expect(new EngineDay('UTC').of(TEN)).toBe('2026-11-25');
  });

  test('a day of the engine has the hours that it has', () => {
    const newYork = new EngineDay('America/New_York');
    expect(newYork.leftOf(at('2026-03-08T05:00:00Z'))).toBe(23 * 3_600_000);
    expect(newYork.leftOf(at('2026-11-01T04:00:00Z'))).toBe(25 * 3_600_000);
  });
});
