import { describe, expect, test } from 'vitest';
import { type ErrorCode, ERRORS } from '../../src/errors.ts';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import {
  audible,
  ChartUnderTest,
  finished,
  heardAll,
  heardHalf,
  speechStarted,
  started,
} from '../support/call-chart.ts';

describe('the beginning of a call', () => {
  test('a call waits for the phone, although its session is configured already', () => {
    const call = new ChartUnderTest().tell({ type: 'model.opened' }, { type: 'model.configured' });
    expect(call.orderTypes).toEqual([]);
    expect(call.state).toBe('connecting');
  });

  test('a call greets at once when both legs are up, whichever came first', () => {
    const modelFirst = new ChartUnderTest().connect();
    const phoneFirst = new ChartUnderTest().tell(
      { type: 'phone.attached', streamSid: 'MZ1' },
      { type: 'model.opened' },
    );
    expect(phoneFirst.state).toBe('configuring');
    phoneFirst.tell({ type: 'model.configured' });
    for (const call of [modelFirst, phoneFirst]) {
      expect(call.state).toBe('conversing.greeting.awaited');
      expect(call.orderTypes).toEqual(['createResponse:greeting']);
    }
  });

  test('a call lets the far end reply by itself only after the greeting', () => {
    const call = new ChartUnderTest().greet();
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.orderTypes.slice(-2)).toEqual(['allowReplies', 'settleItems']);
    expect(call.orderTypes.filter((type) => type === 'allowReplies')).toHaveLength(1);
  });

  test('a call answers a turn that was committed during the greeting', () => {
    const call = new ChartUnderTest().connect().callerSpeaks('u0');
    call.tell(started('greeting'), audible, finished('greeting'), heardAll);
    expect(call.state).toBe('conversing.listening.awaitingReply');
    expect(call.orderTypes).toContain('createResponse:reply');
  });

  test('a call asks again for a greeting that does not come within 4 s, and plays the clip sorry after 4 s more', () => {
    const call = new ChartUnderTest().connect();
    call.clock.advance(4_000);
    expect(call.orderTypes.filter((type) => type === 'createResponse:greeting')).toHaveLength(2);
    call.clock.advance(4_000);
    expect(call.orders.slice(-3)).toEqual([
      { type: 'allowReplies', allowed: true },
      { type: 'cancelResponse' },
      { type: 'playClip', clip: 'sorry' },
    ]);
    call.tell(audible, heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('a call plays the clip failed and ends as failed when the model refuses the session', () => {
    const call = new ChartUnderTest().tell(
      { type: 'phone.attached', streamSid: 'MZ1' },
      { type: 'model.refused', error: { code: 'MODEL_REFUSED', message: 'no' } },
    );
    expect(call.orders).toContainEqual({ type: 'playClip', clip: 'failed' });
    call.tell(audible, heardAll);
    call.clock.advance(300);
    expect(call.actor.getSnapshot()).toMatchObject({ status: 'done', output: { reason: 'failed' } });
  });
});

describe('a call whose legs are not up in time', () => {
  const attached: CallEvent = { type: 'phone.attached', streamSid: 'MZ1' };
  const opened: CallEvent = { type: 'model.opened' };

  test.each<[string, CallEvent[], number, ErrorCode]>([
    ['no stream comes within 10 s', [opened, { type: 'model.configured' }], 10_000, 'STREAM_NOT_STARTED'],
    ['no leg is up within 10 s', [], 10_000, 'STREAM_NOT_STARTED'],
    ['the model does not open within 10 s', [attached], 10_000, 'MODEL_NOT_READY'],
    ['the model does not confirm its session within 5 s', [attached, opened], 5_000, 'MODEL_NOT_READY'],
  ])('a call apologises and announces why when %s', (_, events, withinMs, code) => {
    const call = new ChartUnderTest().tell(...events);
    call.clock.advance(withinMs - 1);
    expect(call.announced).toEqual([]);
    call.clock.advance(1);
    expect(call.state).toBe('ending.apologizing');
    expect(call.announced).toEqual([{ type: 'call.failing', error: { code, message: ERRORS[code].text } }]);
    expect(call.actor.getSnapshot().context.failure).toMatchObject({ code });
    call.clock.advance(10_000);
    expect(call.actor.getSnapshot()).toMatchObject({ status: 'done', output: { reason: 'failed' } });
  });
});

describe('barge-in', () => {
  test('a barge-in clears the playback first, then cancels the response, then cuts the memory to what was heard', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh();
    call.heard = heardHalf;
    call.tell(speechStarted);
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    expect(call.orders.at(-1)).toEqual({ type: 'settleItems', heard: heardHalf });
    expect(call.announced).toContainEqual({ type: 'turn.interrupted', heard: heardHalf });
    expect(call.state).toBe('conversing.interrupted.cut');
  });

  test('a barge-in hands the floor to the caller, whose turn is answered', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(speechStarted);
    call.tell(
      { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 },
      { type: 'caller.committed', itemId: 'u2' },
    );
    expect(call.state).toBe('conversing.listening.awaitingReply');
    call.agentSpeaks('r2');
    expect(call.state).toBe('conversing.responding');
  });

  test('a barge-in interrupts the greeting, too', () => {
    const greeting = new ChartUnderTest().connect().tell(started('greeting'), audible).fresh();
    greeting.tell(speechStarted);
    expect(greeting.orderTypes.slice(0, 3)).toEqual(['allowReplies', 'clearPlayback', 'cancelResponse']);
  });

  test('the agent falls silent at once at a barge-in to be confirmed, and goes on after a cough of 120 ms', () => {
    const call = new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks();
    call.agentSpeaks().fresh().tell(speechStarted);
    expect(call.orderTypes).toEqual(['pausePlayback']);
    expect(call.state).toBe('conversing.interrupted.doubting');
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 120 });
    expect(call.orderTypes).toEqual(['pausePlayback', 'resumePlayback']);
    expect(call.state).toBe('conversing.responding');
  });

  test('the agent goes on after a barge-in to be confirmed when its turn has no words, and yields when it has some', () => {
    const unclear = (text: string) => {
      const call = new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks();
      call.agentSpeaks().fresh().tell(speechStarted);
      call.tell(
        { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 },
        { type: 'caller.committed', itemId: 'u2' },
        { type: 'caller.said', itemId: 'u2', text },
      );
      return call;
    };
    expect(unclear('').state).toBe('conversing.responding');
    const words = unclear('wait a moment');
    expect(words.state).toBe('conversing.listening.awaitingReply');
    expect(words.orderTypes).toEqual([
      'pausePlayback',
      'clearPlayback',
      'cancelResponse',
      'settleItems',
      'createResponse:reply',
    ]);
  });
});

describe('a response without audio', () => {
  const empty = { status: 'failed', hadAudio: false } as const;

  test('a response that fails without audio is asked for again with the same purpose and text', () => {
    const call = new ChartUnderTest().greet().fresh().tell({ type: 'say.requested', text: 'One moment.' });
    call.tell(started('say'), finished('say', empty));
    expect(call.orders).toEqual([
      { type: 'createResponse', purpose: 'say', text: 'One moment.' },
      { type: 'createResponse', purpose: 'say', text: 'One moment.' },
    ]);
  });

  test('a reply that fails without audio is asked for again as a reply, not as the idle prompt before it', () => {
    const call = new ChartUnderTest().greet();
    call.clock.advance(15_000);
    expect(call.orderTypes.at(-1)).toBe('createResponse:idlePrompt');
    call.callerSpeaks().tell(started('reply'), finished('reply', empty));
    expect(call.orderTypes.at(-1)).toBe('createResponse:reply');
  });
});

describe('a barge-in in doubt', () => {
  const doubting = () =>
    new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks('u1').agentSpeaks();
  const noise = (call: ChartUnderTest) =>
    call.tell(
      speechStarted,
      { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 120 },
      { type: 'caller.committed', itemId: 'u2' },
    );

  test('a noise of 120 ms is no turn: the agent goes on, and no reply is asked for', () => {
    const call = noise(doubting().fresh());
    call.tell(finished('reply'), heardAll);
    expect(call.orderTypes).toEqual(['pausePlayback', 'resumePlayback', 'settleItems']);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('the late words of an earlier turn do not settle whether a barge-in was a noise', () => {
    const call = doubting().tell(speechStarted, {
      type: 'caller.stoppedSpeaking',
      itemId: 'u2',
      speechMs: 700,
    });
    call.tell({ type: 'caller.said', itemId: 'u1', text: 'what are your hours' });
    expect(call.state).toBe('conversing.interrupted.weighing');
    call.tell({ type: 'caller.said', itemId: 'u2', text: '' });
    expect(call.state).toBe('conversing.responding');
  });

  test('a noise during the goodbye does not stop the end of the call', async () => {
    const call = doubting().requestTool('end_call');
    call.tools[0]?.settle({ status: 'ok', output: '{}', then: 'endCall' });
    await call.settled();
    expect(call.state).toBe('ending.farewell.hearing');
    call.tell(speechStarted);
    expect(call.state).toBe('conversing.interrupted.doubting');
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 120 }, heardAll);
    expect(call.state).toBe('ending.closing');
    expect(call.actor.getSnapshot().context.endReason).toBe('agent_ended');
  });
});

describe('a turn', () => {
  test('a turn that the far end answers by itself is answered once', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks('r1').tell(finished('reply'));
    call.tell({ type: 'caller.committed', itemId: 'u2' }, started('reply', 'r2')).fresh();
    call.tell(finished('reply', {}, 'r2'), heardAll);
    expect(call.orderTypes).toEqual(['settleItems']);
  });

  test('a turn whose beginning was not told is answered, also where the chart owns the turns', () => {
    const call = new ChartUnderTest({ turns: 'chart' }).greet().fresh();
    call.tell({ type: 'caller.committed', itemId: 'u1' });
    expect(call.orderTypes).toEqual(['createResponse:reply']);
  });
});

describe('a call that says more than its transcript may hold', () => {
  test('a call whose transcript is full says goodbye at once, and no speech of the caller keeps it', () => {
    const call = new ChartUnderTest().greet().tell({ type: 'transcript.filled' });
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.orderTypes).toEqual(expect.arrayContaining(['clearPlayback', 'createResponse:goodbye']));
    call.tell({ type: 'transcript.filled' }, speechStarted);
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.actor.getSnapshot().context.endReason).toBe('max_duration');
  });
});

describe('keys and speech', () => {
  const key = (digit: string): CallEvent => ({ type: 'digit.pressed', digit });
  const stopped: CallEvent = { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 };
  const committed: CallEvent = { type: 'caller.committed', itemId: 'u2' };
  const messages = ({ orders }: ChartUnderTest) =>
    orders.flatMap((order) => (order.type === 'addMessage' ? [order.text] : []));
  const asked = ({ orderTypes }: ChartUnderTest) =>
    orderTypes.filter((type) => type.startsWith('createResponse'));

  test('the agent is silent after a key and then speech until the caller has finished, and one reply covers both', () => {
    const call = new ChartUnderTest({ turns: 'chart' }).greet().tell(key('4')).fresh();
    call.tell(speechStarted);
    call.clock.advance(2_000);
    expect(call.orderTypes).toEqual(['addMessage']);
    call.clock.advance(10_000);
    expect(asked(call)).toEqual([]);
    call.tell(stopped, committed);
    expect(messages(call)).toEqual(['[keypad] 4']);
    expect(asked(call)).toEqual(['createResponse:reply']);
  });

  test('a call asks for no reply after a key and then speech where the far end answers turns by itself', () => {
    const call = new ChartUnderTest().greet().tell(key('4'), speechStarted);
    call.clock.advance(2_000);
    call
      .tell(stopped, committed)
      .fresh()
      .agentSpeaks('r2')
      .tell(finished('reply', {}, 'r2'), heardAll);
    expect(asked(call)).toEqual([]);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('a key after speech cancels the reply that does not know the key, and 2 s later another is asked for', () => {
    const call = new ChartUnderTest()
      .greet()
      .callerSpeaks('u2')
      .fresh()
      .tell(key('4'), started('reply', 'r1'));
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems', 'cancelResponse']);
    call.clock.advance(2_000);
    expect(messages(call)).toEqual(['[keypad] 4']);
    expect(asked(call)).toEqual(['createResponse:reply']);
  });

  test('the agent falls silent at a key, and stays silent while the caller then speaks', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh().tell(key('4'), key('2'));
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    call.tell(speechStarted);
    call.clock.advance(8_000);
    expect(asked(call)).toEqual([]);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('keys after a barge-in clear nothing a second time, and the turn stays the caller’s', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(speechStarted).fresh();
    call.tell(key('4'), key('#'));
    expect(call.orderTypes).toEqual(['addMessage']);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('a turn that ends while digits are entered waits 2 s for the next digit, and then one reply is asked for', () => {
    const call = new ChartUnderTest({ turns: 'chart' })
      .greet()
      .fresh()
      .tell(speechStarted, key('4'), stopped);
    call.tell(committed);
    expect(call.orderTypes).toEqual([]);
    call.clock.advance(2_000);
    expect(call.orderTypes).toEqual(['addMessage', 'createResponse:reply']);
  });

  test('the key # while the caller speaks ends the entry of digits, and not the turn', () => {
    const call = new ChartUnderTest().greet().fresh().tell(speechStarted, key('4'), key('2'), key('#'));
    expect(call.orderTypes).toEqual(['addMessage']);
    expect(messages(call)).toEqual(['[keypad] 42']);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('a key confirms a barge-in in doubt: who presses it means to interrupt', () => {
    const call = new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks('u1');
    call.agentSpeaks().tell(speechStarted).fresh().tell(key('4'));
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    call.clock.advance(2_000);
    expect(asked(call)).toEqual([]);
  });
});

describe('what comes due while the caller speaks', () => {
  const limits = { ...plainLimits, maxCallMs: 60_000, maxTurnMs: 90_000, idleMs: 80_000 };

  test('a call that reaches its longest time while the caller speaks says goodbye when they have finished', () => {
    const call = new ChartUnderTest({ limits }).greet().tell(speechStarted).fresh();
    call.clock.advance(75_000);
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 70_000 });
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.orderTypes).toContain('createResponse:goodbye');
    expect(call.actor.getSnapshot().context.endReason).toBe('max_duration');
  });

  test('a goodbye that is due while the caller speaks waits for the longest turn, 90 s here, and no longer', () => {
    const call = new ChartUnderTest({ limits }).greet().tell(speechStarted).fresh();
    call.clock.advance(90_000);
    expect(call.orderTypes[0]).toBe('commitTurn');
    expect(call.state).toBe('ending.farewell.asking');
  });

  test('a call that is back from a transfer after its longest time says goodbye', () => {
    const call = new ChartUnderTest({ limits }).greet();
    call.clock.advance(40_000);
    call.tell({ type: 'transfer.requested' }, heardAll);
    call.clock.advance(25_000);
    call.tell({ type: 'phone.stopped', heard: [] }, { type: 'transfer.ended', result: 'noAnswer' });
    expect(call.state).toBe('transferring.returning');
    call.tell({ type: 'phone.attached', streamSid: 'MZ2' });
    expect(call.state).toBe('ending.farewell.asking');
  });

  test('a greeting that does not come while the caller speaks is asked for again when they have finished', () => {
    const call = new ChartUnderTest().connect().tell(speechStarted).fresh();
    call.clock.advance(20_000);
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 });
    call.clock.advance(4_000);
    expect(call.orderTypes).toEqual(['cancelResponse', 'createResponse:greeting']);
  });

  test('a greeting that the far end broke off for the caller’s first word is asked for again when they have finished', () => {
    const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), speechStarted).fresh();
    const broken = { status: 'cancelled', reason: 'turn_detected', hadAudio: false } as const;
    call.tell(finished('greeting', broken, 'r0'));
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 });
    expect(call.orderTypes).toEqual(['createResponse:greeting']);
  });
});

describe('a greeting that begins over the caller', () => {
  test('a greeting that begins over the caller goes on after a short hello, and falls silent after 1.5 s of speech', () => {
    const hello = new ChartUnderTest().connect().tell(speechStarted, started('greeting', 'r0'), audible);
    hello.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 400 });
    expect(hello.state).toBe('conversing.greeting.audible');
    const story = new ChartUnderTest().connect().tell(speechStarted, started('greeting', 'r0'), audible);
    story.fresh().clock.advance(1_500);
    expect(story.state).toBe('conversing.interrupted.cut');
    expect(story.orderTypes).toEqual(['allowReplies', 'clearPlayback', 'cancelResponse', 'settleItems']);
  });
});

describe('tools', () => {
  test('one response answers a tool call that settles while a filler is heard', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(started('reply')).requestTool();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 1 }));
    call.clock.advance(1_200);
    call.tell(audible).fresh();
    expect(call.state).toBe('conversing.toolExecuting.filling');
    call.tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    call.tell(started('toolAnswer', 'r2'), finished('toolAnswer', {}, 'r2'), heardAll);
    expect(call.orderTypes).toEqual(['answerTool', 'createResponse:toolAnswer', 'settleItems']);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('a call gives each tool’s output back at once, and asks for one answer after the last tool', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(started('reply'));
    call.requestTool('check_availability', 'fc1').requestTool('create_lead', 'fc2').fresh();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 2 }));
    expect(call.state).toBe('conversing.toolExecuting.running');
    call.tools[0]?.settle({ status: 'ok', output: '{"a":1}' });
    await call.settled();
    expect(call.orderTypes).toEqual(['answerTool']);
    call.tools[1]?.settle({ status: 'ok', output: '{"b":2}' });
    await call.settled();
    expect(call.orderTypes).toEqual(['answerTool', 'answerTool', 'createResponse:toolAnswer']);
    expect(call.state).toBe('conversing.toolExecuting.answering');
    call.tell(started('toolAnswer', 'r2'), audible);
    expect(call.state).toBe('conversing.responding');
    call.tell(finished('toolAnswer', {}, 'r2'), heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(Object.keys(call.actor.getSnapshot().children)).toEqual(['phone', 'model']);
  });

  test('a call asks for the answer to a tool while the words before the tool call are still heard', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool().fresh();
    call.tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    expect(call.orderTypes).toEqual(['answerTool', 'createResponse:toolAnswer']);
    expect(call.state).toBe('conversing.responding');
    call.tell(finished('reply', { toolCalls: 1 }), heardAll);
    expect(call.state).toBe('conversing.toolExecuting.answering');
  });

  test('a call does not wait for an answer to a tool that was heard already', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool();
    call.tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    call.tell(
      finished('reply', { toolCalls: 1 }),
      started('toolAnswer', 'r2'),
      finished('toolAnswer', {}, 'r2'),
    );
    call.tell(heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('the caller may speak while a tool runs, and one reply answers both', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(started('reply')).requestTool();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 1 }), speechStarted);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
    call.fresh().tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    expect(call.orderTypes).toEqual(['answerTool']);
    call.tell(
      { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 },
      { type: 'caller.committed', itemId: 'u2' },
    );
    expect(call.orderTypes).toEqual(['answerTool', 'createResponse:reply']);
  });

  test('a call plays a filler when a tool runs for 1.2 s, and times the tool out at its deadline', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(started('reply')).requestTool();
    call.tell(finished('reply', { hadAudio: false, toolCalls: 1 })).fresh();
    call.clock.advance(1_200);
    expect(call.orders).toEqual([{ type: 'playClip', clip: 'filler' }]);
    call.tell(audible, heardAll);
    call.clock.advance(8_000);
    await call.settled();
    expect(call.orders).toContainEqual({
      type: 'answerTool',
      toolCallId: 'fc1',
      output: expect.stringContaining('"error":"TOOL_TIMEOUT"') as string,
    });
    expect(call.tools[0]?.signal.aborted).toBe(true);
  });
});

describe('the end of a call', () => {
  const endCall = async (call: ChartUnderTest) => {
    call.tools.at(-1)?.settle({ status: 'ok', output: '{}', then: 'endCall' });
    await call.settled();
  };

  test('a call asks for a goodbye when the model said none, and hangs up 300 ms after it was heard', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().tell(started('reply')).requestTool('end_call');
    call.fresh();
    await endCall(call);
    expect(call.orderTypes).toEqual(['answerTool', 'cancelResponse', 'createResponse:goodbye']);
    call.tell(started('goodbye', 'r2'), audible, finished('goodbye', {}, 'r2'));
    expect(call.state).toBe('ending.farewell.hearing');
    call.tell({ type: 'caller.said', itemId: 'u1', text: 'bye' }, heardAll);
    expect(call.state).toBe('ending.closing');
    expect(call.orderTypes).not.toContain('leaveStream');
    call.clock.advance(300);
    expect(call.orders.at(-1)).toEqual({ type: 'leaveStream', next: 'hangup' });
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'agent_ended' });
  });

  test('a goodbye that is on its way is heard to its end before the call closes', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('end_call').fresh();
    await endCall(call);
    expect(call.state).toBe('ending.farewell.hearing');
    expect(call.orderTypes).toEqual(['answerTool']);
  });

  test('a call goes on when the caller speaks during the goodbye', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('end_call').fresh();
    await endCall(call);
    call.tell(speechStarted);
    expect(call.state).toBe('conversing.interrupted.cut');
    expect(call.actor.getSnapshot().context.endReason).toBeUndefined();
  });

  test('a call asks a silent caller twice, 15 s apart, then says goodbye', () => {
    const call = new ChartUnderTest().greet().fresh();
    for (const round of [1, 2]) {
      call.clock.advance(15_000);
      expect(call.orderTypes.filter((type) => type === 'createResponse:idlePrompt')).toHaveLength(round);
      call.tell(started('idlePrompt'), audible, finished('idlePrompt'), heardAll);
    }
    call.clock.advance(15_000);
    expect(call.orderTypes.at(-1)).toBe('createResponse:goodbye');
    expect(call.actor.getSnapshot().context.endReason).toBe('idle');
  });

  test('a call announces its end 15 s before its longest time, and says goodbye at that time', () => {
    const call = new ChartUnderTest({
      limits: { ...plainLimits, maxCallMs: 60_000, idleMs: 80_000 },
    }).greet();
    call.clock.advance(45_000);
    expect(call.orderTypes).toContain('createResponse:lastMinute');
    call.clock.advance(15_000);
    expect(call.state).toBe('ending.farewell.asking');
    call.tell(audible, speechStarted);
    expect(call.state).toBe('ending.farewell.hearing');
  });

  test('a call that the caller hangs up waits for their last words', () => {
    const call = new ChartUnderTest().greet().callerSpeaks();
    call.tell({ type: 'phone.stopped', heard: [] });
    expect(call.state).toBe('ending.settling');
    call.tell({ type: 'caller.said', itemId: 'u1', text: 'never mind' });
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'caller_hung_up' });
  });

  test.each([
    ['was reset', 'STREAM_LOST', 'lost'],
    ['was closed for what it sent', 'STREAM_MALFORMED', 'failed'],
    ['was closed for how much it sent', 'STREAM_TOO_FAST', 'failed'],
    ['was lost by a fault of the engine', 'CALL_FAILED', 'failed'],
  ] as const)(
    'a call whose stream %s (%s) ends as %s, not as hung up by the caller',
    (_what, code, reason) => {
      const call = new ChartUnderTest().greet().callerSpeaks();
      call.tell({ type: 'phone.lost', error: { code, message: 'gone' }, heard: [] });
      call.tell({ type: 'phone.completed' }, { type: 'caller.said', itemId: 'u1', text: 'never mind' });
      expect(call.actor.getSnapshot().output).toEqual({ reason });
    },
  );

  test('a call ends as failed when the carrier says that it failed', () => {
    const call = new ChartUnderTest().greet();
    call.tell({ type: 'phone.completed', failed: true });
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'failed' });
  });

  test('a transfer hands the caller to a person, and takes them back when nobody answers', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('escalate_to_human');
    call.tools[0]?.settle({ status: 'ok', output: '{}', then: 'transfer' });
    await call.settled();
    expect(call.state).toBe('transferring.announcing');
    call.tell(heardAll);
    expect(call.orders.at(-1)).toEqual({ type: 'leaveStream', next: 'dial' });
    call.tell({ type: 'phone.stopped', heard: [] }, { type: 'transfer.ended', result: 'noAnswer' });
    expect(call.state).toBe('transferring.returning');
    expect(call.orders.at(-1)).toEqual({
      type: 'createResponse',
      purpose: 'transferFailed',
      text: 'noAnswer',
    });
    call.tell({ type: 'phone.attached', streamSid: 'MZ2' }, audible);
    expect(call.state).toBe('conversing.responding');
  });
});

const plainLimits = {
  maxCallMs: 600_000,
  idleMs: 15_000,
  toolTimeoutMs: 8_000,
  maxTurnMs: 60_000,
  minSpeechMs: 400,
};
