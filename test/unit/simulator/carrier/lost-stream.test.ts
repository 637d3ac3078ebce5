import { beforeEach, describe, expect, test } from 'vitest';
import { CallerVoice } from '../../../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../../../src/simulator/carrier/carrier-events.ts';
import { placeCall, type PlaceCallOptions } from '../../../../src/simulator/carrier/place-call.ts';
import { HANGUP, ScriptedEngine, STREAM } from '../../../support/scripted-engine.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const FALLBACK = 'https://elsewhere.example/sorry';
const SORRY = '<Response><Say>Sorry.</Say><Hangup/></Response>';

let clock: VirtualClock;
let engine: ScriptedEngine;
let told: CarrierEvent[];

beforeEach(() => {
  clock = new VirtualClock();
  engine = new ScriptedEngine();
  told = [];
  engine.answer('/twilio/voice', STREAM);
});

const place = (options: Partial<PlaceCallOptions> = {}) =>
  placeCall({
    url: 'http://engine.example',
    to: '+12025550100',
    from: '+12025550123',
    callSid: 'CA0001',
    voice: new CallerVoice(),
    clock,
    post: engine.post,
    openSocket: engine.openSocket,
    tell: (event) => told.push(event),
    ...options,
  });

/** A call whose first stream has come so far. */
async function inProgress(ms: number, options: Partial<PlaceCallOptions> = {}) {
  const call = place(options);
  await clock.run(ms);
  return call;
}

const eventsOf = (type: CarrierEvent['type']) => told.filter((event) => event.type === type);
const alerts = () => told.flatMap((event) => (event.type === 'carrier.alert' ? [event.alert.code] : []));
const asked = () => engine.asked.map(({ path, form }) => form['StreamEvent'] ?? form['CallStatus'] ?? path);

describe('a stream that is lost', () => {
  test('a stream that is lost is followed by what the action answers, which is asked about a call in progress', async () => {
    engine.answer('/twilio/after-stream', STREAM);
    const call = await inProgress(100);
    engine.sockets[0]?.closes(1006);
    await clock.run(10);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([
      {
        ...{ CallSid: 'CA0001', AccountSid: `AC${'0'.repeat(32)}`, From: '+12025550123' },
        ...{ To: '+12025550100', Direction: 'inbound', ApiVersion: '2010-04-01', CallStatus: 'in-progress' },
      },
    ]);
    expect(engine.sockets).toHaveLength(2);
    expect(alerts()).toEqual([31_903]);
    call.hangUp();
    await clock.run(0);
    expect(await call.ended).toMatchObject({ status: 'completed', by: 'caller' });
  });

  test('a stream that is lost is followed by a sentence and the end, where that is the answer', async () => {
    engine.answer('/twilio/after-stream', SORRY);
    const call = await inProgress(100);
    engine.sockets[0]?.closes(1006);
    await clock.run(1000);
    expect(told).toContainEqual({ type: 'carrier.said', text: 'Sorry.' });
    expect(await call.ended).toMatchObject({ status: 'completed', by: 'engine' });
  });

  test('the engine may be gone for as long as the overrides of the action let the carrier wait', async () => {
    engine.answer('/twilio/after-stream', 'ct', 'ct', 503, STREAM);
    const call = await inProgress(100);
    engine.sockets[0]?.closes(1006);
    await clock.run(2999);
    expect(engine.sockets).toHaveLength(1);
    await clock.run(1);
    expect(engine.sockets).toHaveLength(2);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('a call whose action cannot be had goes on with the fallback URL, which is told what failed', async () => {
    engine.answer('/twilio/after-stream', 'ct', 'ct', 'ct', 'ct').answer('/sorry', SORRY);
    const call = await inProgress(100, { fallbackUrl: FALLBACK });
    engine.sockets[0]?.closes(1006);
    await clock.run(10_000);
    expect(engine.formsOf('/sorry')).toMatchObject([
      {
        CallStatus: 'in-progress',
        ErrorCode: '11200',
        ErrorUrl: 'http://engine.example/twilio/after-stream#rc=3&rp=ct,5xx',
      },
    ]);
    expect(await call.ended).toMatchObject({ status: 'completed', by: 'engine' });
  });

  test('a call whose fallback URL fails, too, has failed, and asks no more', async () => {
    engine.answer('/twilio/after-stream', 400).answer('/sorry', 'no TwiML');
    const call = await inProgress(100, { fallbackUrl: FALLBACK });
    engine.sockets[0]?.closes(1006);
    await clock.run(10_000);
    expect(await call.ended).toMatchObject({ status: 'failed', by: 'carrier' });
    expect(engine.formsOf('/sorry')).toHaveLength(1);
  });

  test('a stream that a black hole swallows ends when an update by REST leads the call elsewhere', async () => {
    engine.answer('/rescue', STREAM);
    const call = await inProgress(100);
    const heard = engine.sockets[0]?.heard.length;
    call.blackOut();
    await clock.run(60_000);
    engine.sockets[0]?.plays(1000);
    expect(engine.sockets[0]?.heard).toHaveLength(heard ?? -1);
    expect(eventsOf('agent.audible')).toEqual([]);
    expect(eventsOf('stream.ended')).toEqual([]);
    call.update({ url: 'http://engine.example/rescue' });
    await clock.run(10);
    expect(engine.sockets[0]?.isTerminated).toBe(true);
    expect(engine.sockets).toHaveLength(2);
    call.hangUp();
    await clock.run(0);
    await call.ended;
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['Unexpected server response: 503', undefined, 31_920],
    ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', 31_902],
    ['Opening handshake has timed out', undefined, 31_901],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 31_910],
  ])(
    'a stream that cannot be opened (%s) is told as Twilio tells it, and the action is asked',
    async (message, code, alert) => {
      engine.refusal = Object.assign(new Error(message), { code });
      engine.answer('/twilio/after-stream', HANGUP);
      const call = await inProgress(100);
      expect(await call.ended).toMatchObject({ status: 'completed' });
      expect(alerts()).toEqual([alert]);
      expect(engine.formsOf('/twilio/after-stream')).toMatchObject([{ CallStatus: 'in-progress' }]);
      expect(engine.formsOf('/twilio/status')[0]).toMatchObject({ StreamEvent: 'stream-error' });
    },
  );
});

describe('the gap that a caller hears', () => {
  test('the gap that a caller hears is the silence between the last sound of the agent and the next', async () => {
    engine.answer('/twilio/after-stream', 'ct', STREAM);
    const call = await inProgress(100);
    engine.sockets[0]?.plays(1000);
    await clock.run(300);
    engine.sockets[0]?.closes(1006);
    await clock.run(1500);
    engine.sockets[1]?.plays(200);
    expect(eventsOf('stream.ended')).toMatchObject([{ by: 'network', atMs: 400, droppedMs: 700 }]);
    expect(eventsOf('gap.ended')).toEqual([{ type: 'gap.ended', gapMs: 1500, streamlessMs: 1000 }]);
    await clock.run(500);
    engine.sockets[1]?.plays(200);
    expect(eventsOf('gap.ended')).toHaveLength(1);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('the gap that a caller hears of two streams lost one after the other is one', async () => {
    engine.answer('/twilio/after-stream', STREAM, 'ct', STREAM);
    const call = await inProgress(100);
    engine.sockets[0]?.plays(60);
    await clock.run(100);
    engine.sockets[0]?.closes(1006);
    await clock.run(100);
    engine.sockets[1]?.closes(1006);
    await clock.run(1100);
    engine.sockets[2]?.plays(20);
    expect(eventsOf('gap.ended')).toEqual([{ type: 'gap.ended', gapMs: 1240, streamlessMs: 1000 }]);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('the gap that a caller hears is none where a person was dialled, or the carrier spoke, between two streams', async () => {
    const dial = '<Response><Dial action="/twilio/dial-result">+12025550111</Dial></Response>';
    engine.answer('/twilio/after-stream', dial, STREAM).answer('/twilio/dial-result', STREAM);
    const call = await inProgress(100);
    engine.sockets[0]?.plays(20);
    await clock.run(100);
    engine.sockets[0]?.closes();
    await clock.run(100);
    expect(engine.sockets).toHaveLength(2);
    expect(eventsOf('gap.ended')).toEqual([]);
    // What was heard before the person is no part of a gap behind them.
    engine.sockets[1]?.closes(1006);
    await clock.run(50);
    engine.sockets[2]?.plays(20);
    expect(eventsOf('gap.ended')).toEqual([{ type: 'gap.ended', gapMs: 150, streamlessMs: 0 }]);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });
});

describe('what nobody knows of the carrier', () => {
  test('a carrier that notices a loss late asks late', async () => {
    engine.answer('/twilio/after-stream', STREAM);
    const call = await inProgress(100, { conduct: { noticesLossAfterMs: 1000 } });
    engine.sockets[0]?.closes(1006);
    await clock.run(999);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    await clock.run(1);
    expect(engine.formsOf('/twilio/after-stream')).toHaveLength(1);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('a carrier that does not ask after a loss ends the call, and asks after an orderly close all the same', async () => {
    const conduct = { asksAfterLoss: false };
    const lost = await inProgress(100, { conduct });
    engine.sockets[0]?.closes(1006);
    await clock.run(100);
    expect(await lost.ended).toMatchObject({ status: 'completed' });
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    engine.answer('/twilio/voice', STREAM).answer('/twilio/after-stream', HANGUP);
    const closed = await inProgress(100, { conduct });
    engine.sockets[1]?.closes(1000);
    await clock.run(100);
    await closed.ended;
    expect(engine.formsOf('/twilio/after-stream')).toHaveLength(1);
  });

  test.each([
    [FALLBACK, 'completed'],
    [undefined, 'failed'],
  ])(
    'a carrier that asks the fallback URL %s when a stream cannot be opened leaves a call that is %s',
    async (fallbackUrl, status) => {
      engine.refusal = new Error('Unexpected server response: 503');
      engine.answer('/sorry', SORRY);
      const conduct = { afterUnopened: 'fallback' } as const;
      const call = await inProgress(1000, { conduct, ...(fallbackUrl !== undefined && { fallbackUrl }) });
      expect(await call.ended).toMatchObject({ status });
      expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
      const errors = engine.formsOf('/sorry').map((form) => form['ErrorCode']);
      expect(errors).toEqual(fallbackUrl === undefined ? [] : ['31920']);
    },
  );

  test('a carrier that gives up a silent stream asks the action then', async () => {
    engine.answer('/twilio/after-stream', HANGUP);
    const call = await inProgress(100, { conduct: { givesUpAfterMs: 15_000 } });
    call.blackOut();
    await clock.run(14_999);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    await clock.run(1);
    expect((await call.ended).durationMs).toBe(15_100);
    expect(engine.formsOf('/twilio/after-stream')).toHaveLength(1);
  });

  test.each([
    ['reads the overrides of an action', { readsOverrides: true }, 4, [5000, 15_000, 15_000]],
    ['does not read the overrides of an action', { readsOverrides: false }, 2, [5000, 15_000, 15_000]],
  ])(
    'a carrier that %s asks as often as that',
    async (_what, conduct, tries, [connectMs, readMs, totalMs]) => {
      engine.answer('/twilio/after-stream', 'ct', 'ct', 'ct', 'ct', 'ct', 'ct');
      const call = await inProgress(100, { conduct });
      engine.sockets[0]?.closes(1006);
      await clock.run(20_000);
      await call.ended;
      const actions = engine.asked.filter(({ path }) => path === '/twilio/after-stream');
      expect(actions).toHaveLength(tries);
      expect(actions[0]?.limits).toEqual({ connectMs, readMs, totalMs });
    },
  );

  test.each([
    [{ asksAfterHangUp: false }, []],
    [{ asksAfterHangUp: true }, ['completed']],
  ])('a carrier with %j asks the action after a hang-up so', async (conduct, statuses) => {
    engine.answer('/twilio/after-stream', STREAM);
    const call = await inProgress(100, { conduct });
    call.hangUp();
    await clock.run(10);
    await call.ended;
    expect(engine.formsOf('/twilio/after-stream').map((form) => form['CallStatus'])).toEqual(statuses);
    expect(engine.sockets).toHaveLength(1);
    expect(asked().at(-1)).toBe('completed');
  });

  test.each([
    ['stream', ['stream-started', 'in-progress', 'stream-stopped', 'completed']],
    ['callbacks', ['stream-started', 'stream-stopped', 'in-progress', 'completed']],
  ] as const)('a carrier that begins with the %s tells and asks in that order', async (endsWith, order) => {
    engine.answer('/twilio/after-stream', HANGUP);
    const call = await inProgress(100, { conduct: { endsWith } });
    engine.sockets[0]?.closes(1000);
    await clock.run(10);
    await call.ended;
    expect(asked().slice(1)).toEqual(order);
  });

  test('a carrier that begins with the callbacks says that a call is completed before its stream stops, and once', async () => {
    const call = place({
      conduct: { endsWith: 'callbacks' },
      post: (post, on) => {
        if (post.body.includes('CallStatus=completed')) {
          expect(engine.sockets[0]?.heard.at(-1)?.event).not.toBe('stop');
        }
        return engine.post(post, on);
      },
    });
    await clock.run(100);
    call.hangUp();
    await clock.run(10);
    await call.ended;
    expect(engine.sockets[0]?.heard.at(-1)?.event).toBe('stop');
    expect(
      engine.formsOf('/twilio/status').filter((form) => form['CallStatus'] === 'completed'),
    ).toHaveLength(1);
  });

  test('a carrier that pings does so until the stream is over', async () => {
    const call = await inProgress(25_000, { conduct: { pingEveryMs: 10_000 } });
    expect(engine.sockets[0]?.pings).toBe(2);
    call.hangUp();
    await clock.run(60_000);
    expect(engine.sockets[0]?.pings).toBe(2);
    await call.ended;
    expect(clock.pending).toBe(0);
  });

  test('a carrier that plays what waits goes on when it was heard, and the gap begins there', async () => {
    engine.answer('/twilio/after-stream', STREAM);
    const call = await inProgress(100, { conduct: { queuedAudio: 'played' } });
    engine.sockets[0]?.plays(1000);
    await clock.run(300);
    engine.sockets[0]?.closes(1006);
    await clock.run(699);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    await clock.run(1);
    expect(eventsOf('stream.ended')).toMatchObject([{ by: 'network', atMs: 1100, droppedMs: 0 }]);
    await clock.run(50);
    engine.sockets[1]?.plays(20);
    expect(eventsOf('gap.ended')).toEqual([{ type: 'gap.ended', gapMs: 50, streamlessMs: 0 }]);
    await clock.run(20);
    call.hangUp();
    await clock.run(0);
    await call.ended;
    expect(call.recording().agent.filter((byte) => byte === 1)).toHaveLength(8160);
    expect(clock.pending).toBe(0);
  });
});
