import { describe, expect, test } from 'vitest';
import type { CallEvent, ToolOutcome } from '../../src/machines/call/call.events.ts';
import { regionsOf } from '../../src/protocol/state-path.ts';
import {
  audible,
  ChartUnderTest,
  finished,
  heardAll,
  plainCall,
  speechStarted,
  started,
} from '../support/call-chart.ts';

/** What a call remembered in flags once, and forgot in some state: each case is a call that went wrong. */

const deciding = (then: ToolOutcome['then'], output = '{"ok":true}'): ToolOutcome => ({
  status: 'ok',
  output,
  ...(then && { then }),
});
const noAnswer: CallEvent = { type: 'transfer.ended', result: 'noAnswer' };
const back: CallEvent = { type: 'phone.attached', streamSid: 'MZ2' };
const modelLost: CallEvent = { type: 'model.lost', error: { code: 'MODEL_LOST', message: 'gone' } };
const callerStops: CallEvent[] = [
  { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 900 },
  { type: 'caller.committed', itemId: 'u2' },
];

/** A person's phone rings. */
const ringing = () => {
  const call = new ChartUnderTest().greet().callerSpeaks().tell({ type: 'transfer.requested' });
  return call.tell(started('transfer'), audible, finished('transfer'), heardAll, {
    type: 'phone.stopped',
    heard: [],
  });
};

async function settled(call: ChartUnderTest, outcome: ToolOutcome): Promise<ChartUnderTest> {
  call.tools.at(-1)?.settle(outcome);
  await call.settled();
  return call;
}

describe('a deadline that passes while nobody can act', () => {
  test('a call whose longest time passes during a transfer says goodbye when the caller is back', () => {
    const call = new ChartUnderTest({ limits: { ...plainCall.limits, maxCallMs: 20_000 } }).greet();
    call.tell({ type: 'transfer.requested' }, heardAll, { type: 'phone.stopped', heard: [] });
    call.clock.advance(25_000);
    expect(call.state).toBe('transferring.dialing');
    call.fresh().tell(noAnswer, back);
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.orderTypes).toContain('createResponse:goodbye');
    call.tell(audible, heardAll);
    call.clock.advance(300);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'max_duration' });
  });

  test('a call announces its end when the caller is back from a transfer less than 15 s before it', () => {
    const call = new ChartUnderTest({ limits: { ...plainCall.limits, maxCallMs: 60_000 } }).greet();
    call.tell({ type: 'transfer.requested' }, heardAll, { type: 'phone.stopped', heard: [] });
    call.clock.advance(39_000);
    call.tell(noAnswer);
    call.clock.advance(7_000);
    expect(call.orderTypes).not.toContain('createResponse:lastMinute');
    call.tell(back, started('transferFailed'), audible);
    expect(call.orderTypes).toContain('createResponse:lastMinute');
  });

  test('a call whose transcript fills while the caller speaks says goodbye when they have finished', () => {
    const call = new ChartUnderTest().greet().tell(speechStarted, { type: 'transcript.filled' }).fresh();
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
    call.tell(...callerStops);
    expect(call.state).toBe('ending.farewell.asking');
  });
});

describe('the result of a transfer', () => {
  test('a transfer that fails is explained once, although a tool asked for it', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().requestTool('escalate_to_human');
    await settled(call, deciding('transfer'));
    call.tell(started('transfer'), audible, finished('transfer'), heardAll, noAnswer, back).fresh();
    call.tell(started('transferFailed'), audible, finished('transferFailed'), heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.orderTypes.filter((type) => type.startsWith('createResponse'))).toEqual([]);
  });

  test('a transfer that fails after the model was lost brings the caller back to the clip failed', () => {
    const call = ringing().tell(modelLost);
    expect(call.state).toBe('transferring.dialing');
    expect(call.announced).toEqual([]);
    call.tell(noAnswer, back);
    expect(call.state).toBe('ending.apologizing');
    expect(call.orders).toContainEqual({ type: 'playClip', clip: 'failed' });
    expect(call.announced).toEqual([{ type: 'call.failing', error: modelLost.error }]);
  });

  test('a call whose transfer succeeds after the model was lost ends as transferred', () => {
    const call = ringing().tell(modelLost, { type: 'transfer.ended', result: 'reached' });
    call.clock.advance(1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'transferred' });
  });
});

describe('what a tool decides while the caller speaks', () => {
  test('a transfer that a tool decides while the caller speaks begins when they have finished', async () => {
    const call = new ChartUnderTest().greet().requestTool('escalate_to_human').tell(speechStarted).fresh();
    await settled(call, deciding('transfer'));
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
    call.tell(...callerStops);
    expect(call.state).toBe('transferring.announcing');
    expect(call.orderTypes).toContain('createResponse:transfer');
  });

  test('a goodbye that a tool decides while the caller speaks is asked for when they have finished', async () => {
    const call = new ChartUnderTest().greet().requestTool('end_call').tell(speechStarted).fresh();
    await settled(call, deciding('endCall'));
    call.tell(...callerStops);
    expect(call.state).toBe('ending.farewell.asking');
  });

  test('a transfer that a tool decides while the caller enters digits begins when they have ended the entry', async () => {
    const call = new ChartUnderTest().greet().requestTool('escalate_to_human');
    call.tell({ type: 'digit.pressed', digit: '4' });
    await settled(call, deciding('transfer'));
    expect(call.state).toBe('conversing.listening.enteringDigits');
    call.tell({ type: 'digit.pressed', digit: '#' });
    expect(call.state).toBe('transferring.announcing');
  });

  test('an end that a tool decided is given up when the caller speaks over the goodbye', async () => {
    const call = new ChartUnderTest().greet().requestTool('end_call');
    await settled(call, deciding('endCall'));
    call.tell(started('goodbye'), audible, speechStarted);
    expect(call.state).toBe('conversing.interrupted.cut');
    call
      .tell(...callerStops)
      .agentSpeaks('r9')
      .tell(finished('reply', {}, 'r9'), heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
  });
});

describe('words beside a tool call', () => {
  /** "Let me check", and the tool goes on. */
  const checking = () =>
    new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool().tell(finished('reply'), heardAll);

  test('words beside a tool call are no goodbye when the transcript is full', () => {
    const call = checking().fresh();
    expect(call.state).toBe('conversing.toolExecuting.running');
    call.tell({ type: 'transcript.filled' });
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.orderTypes).toContain('createResponse:goodbye');
  });

  test('words beside a tool call do not announce a transfer that an operator asks for', () => {
    const call = checking().fresh().tell({ type: 'transfer.requested' });
    expect(call.state).toBe('transferring.announcing');
    expect(call.orderTypes).toEqual(['createResponse:transfer']);
  });

  test('words beside a tool call are the goodbye when that tool ends the call', async () => {
    const call = checking();
    await settled(call, deciding('endCall'));
    expect(call.state).toBe('ending.closing');
    expect(call.orderTypes).not.toContain('createResponse:goodbye');
  });

  test('words beside the tool calls of one round are no goodbye in the next', async () => {
    const call = checking();
    await settled(call, deciding(undefined));
    call.tell(started('toolAnswer', 'r2')).requestTool('end_call', 'fc2');
    call.tell(finished('toolAnswer', { hadAudio: false, toolCalls: 1 }, 'r2'));
    await settled(call, deciding('endCall'));
    expect(call.state).toBe('ending.farewell.asking');
  });
});

test('an operator who hangs up during a transfer ends the call at the carrier, caller and person alike', () => {
  const returning = ringing().tell(noAnswer);
  for (const call of [ringing(), returning]) {
    call.fresh().tell({ type: 'hangup.requested' });
    expect(call.orders).toContainEqual({ type: 'endCall' });
    call.clock.advance(1_000);
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'operator' });
  }
});

test('a greeting that does not end within 180 s is broken off, as an answer is', () => {
  const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), audible).fresh();
  call.clock.advance(180_000);
  expect(call.state).toBe('conversing.listening.quiet');
  expect(call.orderTypes.filter((type) => type !== 'createResponse:idlePrompt')).toEqual([
    'allowReplies',
    'clearPlayback',
    'cancelResponse',
    'settleItems',
  ]);
});

test('digits of an entry that a transfer broke off are no part of the next entry', () => {
  const call = new ChartUnderTest().greet().tell({ type: 'digit.pressed', digit: '4' });
  call.tell({ type: 'transfer.requested' }, heardAll, noAnswer, back).fresh();
  call.tell({ type: 'digit.pressed', digit: '7' }, { type: 'digit.pressed', digit: '#' });
  expect(call.orders).toContainEqual({ type: 'addMessage', role: 'user', text: '[keypad] 7' });
});

test('a tool that is asked for while the call is handed over is declined, so that no answer waits for it', () => {
  const call = new ChartUnderTest().greet().tell({ type: 'transfer.requested' }).fresh().requestTool();
  expect(call.tools).toEqual([]);
  expect(call.orders).toEqual([{ type: 'answerTool', toolCallId: 'fc1', output: '{"error":"cancelled"}' }]);
});

test('a call whose model leg crashes apologises, and announces CALL_FAILED', () => {
  const call = new ChartUnderTest({ canTransfer: false }).greet();
  const crash = { type: 'xstate.error.actor.model', error: new Error('a bug') };
  call.tell(crash as unknown as CallEvent);
  expect(call.state).toBe('ending.apologizing');
  expect(regionsOf(call.actor.getSnapshot().value)).toMatchObject({ session: 'gone' });
  expect(call.announced).toMatchObject([{ type: 'call.failing', error: { code: 'CALL_FAILED' } }]);
});
