import { describe, expect, test } from 'vitest';
import type { PhoneFact } from '../../src/machines/call/call.events.ts';
import { callDelays } from '../../src/machines/call/call.delays.ts';
import type { RestoredCall } from '../../src/machines/call/restored-call.ts';
import { regionsOf } from '../../src/protocol/state-path.ts';
import {
  audible,
  ChartUnderTest,
  finished,
  heardAll,
  heardHalf,
  speechStarted,
  started,
} from '../support/call-chart.ts';

const lost: PhoneFact = { type: 'phone.lost', error: { code: 'STREAM_LOST', message: 'gone' }, heard: [] };
const lostHalfway: PhoneFact = { ...lost, heard: heardHalf };
const back: PhoneFact = { type: 'phone.attached', streamSid: 'MZ2' };
const region = (call: ChartUnderTest, name: string) => regionsOf(call.actor.getSnapshot().value)[name];

describe('a lost stream', () => {
  test('an agent that was cut off by it says sorry and goes on when the caller is back', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh();
    call.tell(lostHalfway);
    expect(call.state).toBe('awaitingStream.replyOwed');
    expect(region(call, 'line')).toBe('lost');
    expect(call.orderTypes).toEqual(['settleItems', 'cancelResponse']);
    call.fresh().tell(back);
    expect(call.state).toBe('conversing.listening.awaitingReply');
    expect(call.orderTypes).toEqual(['createResponse:resumption']);
    call.tell(started('resumption'), audible);
    expect(call.state).toBe('conversing.responding');
  });

  test('two who were silent go on as if nothing had been, when it is back at once', () => {
    const call = new ChartUnderTest().greet().fresh().tell(lost);
    expect(call.state).toBe('awaitingStream.quiet');
    call.tell(back);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.orderTypes).toEqual(['settleItems', 'cancelResponse']);
  });

  test('a silence of more than 2 s is explained to a caller who was silent, too', () => {
    const call = new ChartUnderTest().greet().tell(lost);
    call.clock.advance(2_000);
    expect(call.fresh().tell(back).orderTypes).toEqual(['createResponse:resumption']);
  });

  test('a caller who had not heard a word is greeted when they are back, and no reply comes first', () => {
    const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), lost);
    expect(call.state).toBe('awaitingStream.greetingOwed');
    expect(call.orders).toContainEqual({ type: 'allowReplies', allowed: false });
    expect(call.fresh().tell(back).orderTypes).toEqual(['createResponse:greeting']);
    expect(call.state).toBe('conversing.greeting.awaited');
  });

  test('a greeting that was begun is not said again', () => {
    const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), audible, lostHalfway);
    expect(call.fresh().tell(back).orderTypes).toEqual(['createResponse:resumption']);
  });

  test('a tool goes on without it, and its answer is heard when the caller is back', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().requestTool();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 1 }), lost);
    call.tools[0]?.settle({ status: 'ok', output: '{"free":true}' });
    await call.settled();
    expect(call.orders).toContainEqual({ type: 'answerTool', toolCallId: 'fc1', output: '{"free":true}' });
    expect(call.fresh().tell(back).orderTypes).toEqual(['createResponse:resumption']);
  });

  test('a tool that still runs when the caller is back is waited for as before', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().requestTool();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 1 }), lost, back);
    expect(call.state).toBe('conversing.toolExecuting.running');
  });

  test('digits that were keyed in before it reach the model', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'digit.pressed', digit: '4' }).fresh().tell(lost);
    expect(call.orders).toContainEqual({ type: 'addMessage', role: 'user', text: '[keypad] 4' });
    expect(call.state).toBe('awaitingStream.replyOwed');
  });

  test('a response that the far end begins by itself meanwhile is cancelled: nobody would hear it', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(lost).fresh().tell(started('reply'));
    expect(call.orderTypes).toEqual(['cancelResponse']);
  });

  test('a carrier that does not ask within 5 s is asked to, once', () => {
    const call = new ChartUnderTest().greet().tell(lost).fresh();
    call.clock.advance(20_000);
    expect(call.orderTypes).toEqual(['recall']);
  });

  test.each([
    ['was reset', 'STREAM_LOST', 'lost'],
    ['was closed for what it sent', 'STREAM_MALFORMED', 'failed'],
  ] as const)(
    'a call whose stream %s (%s) and does not come back within 30 s ends as %s (%s)',
    (_what, code, reason) => {
      const call = new ChartUnderTest().greet().tell({ ...lost, error: { code, message: 'gone' } });
      call.clock.advance(30_000);
      expect(call.actor.getSnapshot().output).toEqual({ reason });
    },
  );

  test('a carrier that asks what comes next has left the stream, whatever its socket looks like', () => {
    const call = new ChartUnderTest().greet().fresh().tell({ type: 'phone.left', mayReturn: true });
    expect(call.orderTypes).toEqual(['dropStream']);
  });

  test('a call that has come back too often goes to a person', () => {
    const call = new ChartUnderTest()
      .greet()
      .tell(lost)
      .fresh()
      .tell({ type: 'phone.left', mayReturn: false });
    expect(call.state).toBe('transferring.dialing');
    expect(call.orders).toContainEqual({ type: 'leaveStream', next: 'dial' });
  });

  test('a call that has come back too often and has nobody to go to ends as lost', () => {
    const call = new ChartUnderTest({ canTransfer: false }).greet().tell(lost);
    call.tell({ type: 'phone.left', mayReturn: false });
    call.clock.advance(1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'lost' });
  });

  test('a call whose first stream cannot be opened waits for the next one', () => {
    const call = new ChartUnderTest().tell({ type: 'phone.left', mayReturn: true });
    expect(call.state).toBe('connecting');
  });

  test('a transfer that was announced is dialled although the stream breaks', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'transfer.requested' }, lost);
    expect(call.state).toBe('transferring.lost');
    expect(call.orderTypes).not.toContain('leaveStream');
    call.tell({ type: 'phone.left', mayReturn: true });
    expect(call.state).toBe('transferring.dialing');
    expect(call.orders).toContainEqual({ type: 'leaveStream', next: 'dial' });
  });

  test('a carrier that has not noticed the loss is asked to ask, and dials', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'transfer.requested' }, lost).fresh();
    call.clock.advance(callDelays.recallAfter);
    expect(call.orderTypes).toEqual(['recall']);
    call.tell({ type: 'phone.left', mayReturn: true });
    expect(call.state).toBe('transferring.dialing');
  });

  test('a carrier that never asks leaves a call that is over', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'transfer.requested' }, lost);
    call.clock.advance(callDelays.comeBackWithin + 1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'lost' });
  });

  test('a carrier that asks while the transfer is announced dials at once', () => {
    const call = new ChartUnderTest()
      .greet()
      .tell({ type: 'transfer.requested' }, { type: 'phone.left', mayReturn: true });
    expect(call.state).toBe('transferring.dialing');
    expect(call.orderTypes).toContain('dropStream');
  });

  test('a stream that comes while a person is dialled is left, too', () => {
    const call = new ChartUnderTest()
      .greet()
      .tell({ type: 'transfer.requested' }, { type: 'phone.left', mayReturn: true });
    expect(call.state).toBe('transferring.dialing');
    call.fresh().tell(back);
    expect(call.state).toBe('transferring.dialing');
    expect(call.orders).toEqual([{ type: 'leaveStream', next: 'dial' }]);
  });

  test('a goodbye that breaks off ends the call as it was decided', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'transcript.filled' });
    expect(call.state).toMatch(/^ending\.farewell/);
    call.fresh().tell(lost);
    // The carrier may not have noticed: nobody is left on a line on which nothing comes.
    expect(call.orderTypes).toContain('endCall');
    call.clock.advance(1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'max_duration' });
  });

  test('an operator who hangs up meanwhile ends the call at the carrier', () => {
    const call = new ChartUnderTest().greet().tell(lost).fresh().tell({ type: 'hangup.requested' });
    expect(call.orderTypes).toContain('endCall');
    call.clock.advance(1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'operator' });
  });

  test('a caller is told by a clip when there is neither a model nor a person when they are back', () => {
    const call = new ChartUnderTest({ canTransfer: false }).greet().tell(lost);
    call
      .tell({ type: 'model.lost', error: { code: 'MODEL_LOST', message: 'gone' } })
      .fresh()
      .tell(back);
    expect(call.orders).toContainEqual({ type: 'playClip', clip: 'failed' });
  });
});

describe('a call that goes on in another process', () => {
  const before: RestoredCall = {
    ...{ elapsedMs: 60_000, resumes: 0, owed: 'reply', consequence: 'none', isWarned: false },
    ...{ tellings: 0, nextSlot: 3, recording: { standing: 'off' } },
    history: [{ role: 'user', itemId: 'u0', text: 'hello' }],
  };

  test('it waits for its stream with its session on the way, and goes on from where it was', () => {
    const call = new ChartUnderTest({ restored: before });
    expect(call.state).toBe('awaitingStream.replyOwed');
    expect(region(call, 'session')).toBe('reconnecting.brief');
    call.tell({ type: 'model.opened' }, { type: 'model.configured' }).fresh().tell(back);
    expect(call.orderTypes).toEqual(['createResponse:resumption']);
  });

  test('its time goes on from where it stood', () => {
    const call = new ChartUnderTest({ restored: { ...before, owed: 'nothing' } });
    call.tell({ type: 'model.opened' }, { type: 'model.configured' }, back);
    // Nobody is silent for so long that the call ends by that.
    for (let passed = 0; passed < 530_000; passed += 10_000) {
      call.tell(
        speechStarted,
        { type: 'caller.committed', itemId: 'u2' },
        started('reply'),
        audible,
        heardAll,
      );
      call.clock.advance(10_000);
    }
    expect(call.state).not.toMatch(/^ending/);
    call.clock.advance(10_000);
    expect(call.state).toMatch(/^ending/);
  });

  test('it does not say the greeting again where it was heard, and says it where it was not', () => {
    const greeted = new ChartUnderTest({
      restored: { ...before, owed: 'nothing' },
      greetingMode: 'clip',
    }).connect();
    expect(greeted.orders).not.toContainEqual(expect.objectContaining({ clip: 'greeting' }));
    const ungreeted = new ChartUnderTest({ restored: { ...before, owed: 'greeting' } }).connect();
    expect(ungreeted.orderTypes).toContain('createResponse:greeting');
  });

  test('a person’s line that rings goes on ringing, and who is not answered comes back to the agent', () => {
    const call = new ChartUnderTest({ restored: { ...before, owed: 'transfer' } });
    expect(call.state).toBe('transferring.dialing');
    call.tell({ type: 'transfer.ended', result: 'noAnswer' });
    expect(call.state).toBe('transferring.returning');
  });

  test.each([
    ['consentOwed', undefined, 'consentOwed.unpaused', []],
    ['consentOwed', 'operator', 'consentOwed.paused.operator', []],
    ['consentOwed', 'agent', 'consentOwed.paused.agent', []],
    ['consentOwed', 'card', 'consentOwed.paused.card', []],
    ['rolling', undefined, 'rolling', [{ type: 'recording.begins' }]],
    [
      'rolling',
      'operator',
      'paused.operator',
      [{ type: 'recording.begins' }, { type: 'recording.pauses', by: 'operator' }],
    ],
    [
      'rolling',
      'agent',
      'paused.agent',
      [{ type: 'recording.begins' }, { type: 'recording.pauses', by: 'agent' }],
    ],
    [
      'rolling',
      'card',
      'paused.card',
      [{ type: 'recording.begins' }, { type: 'recording.pauses', by: 'card' }],
    ],
    ['stopped', undefined, 'stopped', []],
    ['off', undefined, 'off', []],
  ] as const)(
    'a recording that was %s, paused by %s, goes on as %s',
    (standing, pausedBy, state, announced) => {
      const recording = { standing, ...(pausedBy && { pausedBy }) };
      const call = new ChartUnderTest({ isRecorded: true, restored: { ...before, recording } });
      expect(region(call, 'recording')).toBe(state);
      expect(call.announced).toEqual(announced);
    },
  );

  test.each([
    ['greeting', 'awaitingStream.greetingOwed', 'opening', 'unplayed'],
    ['reply', 'awaitingStream.replyOwed', 'reconnecting.brief', 'heard'],
    ['nothing', 'awaitingStream.quiet', 'reconnecting.brief', 'heard'],
    ['transfer', 'transferring.dialing', 'reconnecting.brief', 'heard'],
  ] as const)('a call that owed its caller a %s begins in %s', (owed, state, session, clip) => {
    const call = new ChartUnderTest({ restored: { ...before, owed } });
    expect(call.state).toBe(state);
    expect([region(call, 'session'), region(call, 'clip')]).toEqual([session, clip]);
    const mayReply = owed !== 'greeting';
    expect(call.orders.filter(({ type }) => type === 'allowReplies')).toEqual([
      { type: 'allowReplies', allowed: mayReply },
    ]);
  });

  test.each([
    ['end', 'end.unspoken'],
    ['parting', 'parting'],
    ['none', 'none'],
  ] as const)('what a tool had decided (%s) is still wanted', (consequence, state) => {
    expect(region(new ChartUnderTest({ restored: { ...before, consequence } }), 'consequence')).toBe(state);
  });

  test('a transfer that a tool had decided is dialled as soon as the carrier asks', () => {
    const call = new ChartUnderTest({ restored: { ...before, consequence: 'transfer' } });
    expect(call.state).toBe('transferring.lost');
    expect(call.tell({ type: 'phone.left', mayReturn: true }).state).toBe('transferring.dialing');
  });

  test('a caller who was told that the call ends soon is not told again', () => {
    expect(region(new ChartUnderTest({ restored: { ...before, isWarned: true } }), 'clock')).toBe('warned');
    expect(region(new ChartUnderTest({ restored: before }), 'clock')).toBe('talking');
  });

  test('a recording that was rolling begins another part, and one that was paused begins with the pause', () => {
    const rolling = new ChartUnderTest({
      isRecorded: true,
      restored: { ...before, recording: { standing: 'rolling' } },
    });
    expect(rolling.announced).toEqual([{ type: 'recording.begins' }]);
    const paused = new ChartUnderTest({
      isRecorded: true,
      restored: { ...before, recording: { standing: 'rolling', pausedBy: 'operator' } },
    });
    expect(paused.announced.map(({ type }) => type)).toEqual(['recording.begins', 'recording.pauses']);
    expect(region(paused, 'recording')).toBe('paused.operator');
  });
});
