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

describe('a call begins', () => {
  test('waits for the phone, however far the session has come', () => {
    const call = new ChartUnderTest().tell({ type: 'model.opened' }, { type: 'model.configured' });
    expect(call.orderTypes).toEqual([]);
    expect(call.state).toBe('connecting');
  });

  test('greets at once when both legs are up, whichever came first', () => {
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

  test('lets the far end reply by itself only after the greeting', () => {
    const call = new ChartUnderTest().greet();
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.orderTypes.slice(-2)).toEqual(['allowReplies', 'settleItems']);
    expect(call.orderTypes.filter((type) => type === 'allowReplies')).toHaveLength(1);
  });

  test('answers a turn that was committed under the greeting', () => {
    const call = new ChartUnderTest().connect().callerSpeaks('u0');
    call.tell(started('greeting'), audible, finished('greeting'), heardAll);
    expect(call.state).toBe('conversing.listening.awaitingReply');
    expect(call.orderTypes).toContain('createResponse:reply');
  });

  test('asks twice for a greeting that does not come, then asks the caller to speak by a clip', () => {
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

  test('says by clip that it failed when the model refuses the session', () => {
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
    ['no stream came', [opened, { type: 'model.configured' }], 10_000, 'STREAM_NOT_STARTED'],
    ['neither leg came up', [], 10_000, 'STREAM_NOT_STARTED'],
    ['the model did not open', [attached], 10_000, 'MODEL_NOT_READY'],
    ['the model did not confirm', [attached, opened], 5_000, 'MODEL_NOT_READY'],
  ])('says why it fails: %s', (_, events, withinMs, code) => {
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
  test('clears first, then cancels, then cuts the memory to what was heard', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh();
    call.heard = heardHalf;
    call.tell(speechStarted);
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    expect(call.orders.at(-1)).toEqual({ type: 'settleItems', heard: heardHalf });
    expect(call.announced).toContainEqual({ type: 'turn.interrupted', heard: heardHalf });
    expect(call.state).toBe('conversing.interrupted.cut');
  });

  test('hands the floor to the caller, whose turn is answered', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(speechStarted);
    call.tell(
      { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 },
      { type: 'caller.committed', itemId: 'u2' },
    );
    expect(call.state).toBe('conversing.listening.awaitingReply');
    call.agentSpeaks('r2');
    expect(call.state).toBe('conversing.responding');
  });

  test('is possible in the greeting', () => {
    const greeting = new ChartUnderTest().connect().tell(started('greeting'), audible).fresh();
    greeting.tell(speechStarted);
    expect(greeting.orderTypes.slice(0, 3)).toEqual(['allowReplies', 'clearPlayback', 'cancelResponse']);
  });

  test('confirmed: falls silent at once and goes on after a cough', () => {
    const call = new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks();
    call.agentSpeaks().fresh().tell(speechStarted);
    expect(call.orderTypes).toEqual(['pausePlayback']);
    expect(call.state).toBe('conversing.interrupted.doubting');
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 120 });
    expect(call.orderTypes).toEqual(['pausePlayback', 'resumePlayback']);
    expect(call.state).toBe('conversing.responding');
  });

  test('confirmed: goes on when the turn has no words, and yields when it has some', () => {
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

describe('what comes to nothing', () => {
  const empty = { status: 'failed', hadAudio: false } as const;

  test('is asked for again as what it was', () => {
    const call = new ChartUnderTest().greet().fresh().tell({ type: 'say.requested', text: 'One moment.' });
    call.tell(started('say'), finished('say', empty));
    expect(call.orders).toEqual([
      { type: 'createResponse', purpose: 'say', text: 'One moment.' },
      { type: 'createResponse', purpose: 'say', text: 'One moment.' },
    ]);
  });

  test('is a reply again once the caller has spoken', () => {
    const call = new ChartUnderTest().greet();
    call.clock.advance(15_000);
    expect(call.orderTypes.at(-1)).toBe('createResponse:idlePrompt');
    call.callerSpeaks().tell(started('reply'), finished('reply', empty));
    expect(call.orderTypes.at(-1)).toBe('createResponse:reply');
  });
});

describe('a doubt', () => {
  const doubting = () =>
    new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks('u1').agentSpeaks();
  const noise = (call: ChartUnderTest) =>
    call.tell(
      speechStarted,
      { type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 120 },
      { type: 'caller.committed', itemId: 'u2' },
    );

  test('that was a noise is no turn to be answered', () => {
    const call = noise(doubting().fresh());
    call.tell(finished('reply'), heardAll);
    expect(call.orderTypes).toEqual(['pausePlayback', 'resumePlayback', 'settleItems']);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('is not settled by the late words of an earlier turn', () => {
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

  test('in the goodbye ends in the goodbye, when it was a noise', async () => {
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
  test('that the far end answers by itself is answered once', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks('r1').tell(finished('reply'));
    call.tell({ type: 'caller.committed', itemId: 'u2' }, started('reply', 'r2')).fresh();
    call.tell(finished('reply', {}, 'r2'), heardAll);
    expect(call.orderTypes).toEqual(['settleItems']);
  });

  test('without a beginning is answered also where the chart owns the turns', () => {
    const call = new ChartUnderTest({ turns: 'chart' }).greet().fresh();
    call.tell({ type: 'caller.committed', itemId: 'u1' });
    expect(call.orderTypes).toEqual(['createResponse:reply']);
  });
});

describe('a call that says more than its transcript may hold', () => {
  test('parts at once, whoever has the floor, and stays for nobody', () => {
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

  test('a key, then speech: the agent says nothing before the caller has finished, and one answer covers both', () => {
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

  test('a key, then speech, where the far end answers turns by itself: nothing is asked for at all', () => {
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

  test('speech, then a key: the answer that was on its way does not know the key, and another does', () => {
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

  test('keys while the agent speaks, then speech: it falls silent at the key, and stays so', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh().tell(key('4'), key('2'));
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    call.tell(speechStarted);
    call.clock.advance(8_000);
    expect(asked(call)).toEqual([]);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('speech over the agent, then keys: nothing is cleared twice, and the turn stays the caller’s', () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(speechStarted).fresh();
    call.tell(key('4'), key('#'));
    expect(call.orderTypes).toEqual(['addMessage']);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('speech that ends while digits settle waits for them, and then asks once', () => {
    const call = new ChartUnderTest({ turns: 'chart' })
      .greet()
      .fresh()
      .tell(speechStarted, key('4'), stopped);
    call.tell(committed);
    expect(call.orderTypes).toEqual([]);
    call.clock.advance(2_000);
    expect(call.orderTypes).toEqual(['addMessage', 'createResponse:reply']);
  });

  test('# while the caller speaks ends the entry, and not the turn', () => {
    const call = new ChartUnderTest().greet().fresh().tell(speechStarted, key('4'), key('2'), key('#'));
    expect(call.orderTypes).toEqual(['addMessage']);
    expect(messages(call)).toEqual(['[keypad] 42']);
    expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  });

  test('a key settles a doubt: who presses it means to interrupt', () => {
    const call = new ChartUnderTest({ bargeIn: 'confirmed', turns: 'chart' }).greet().callerSpeaks('u1');
    call.agentSpeaks().tell(speechStarted).fresh().tell(key('4'));
    expect(call.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    call.clock.advance(2_000);
    expect(asked(call)).toEqual([]);
  });
});

describe('what comes due while the caller speaks', () => {
  const limits = { ...plainLimits, maxCallMs: 60_000, maxTurnMs: 90_000, idleMs: 80_000 };

  test('is said after it: the goodbye of a call that has lasted as long as it may', () => {
    const call = new ChartUnderTest({ limits }).greet().tell(speechStarted).fresh();
    call.clock.advance(75_000);
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 70_000 });
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.orderTypes).toContain('createResponse:goodbye');
    expect(call.actor.getSnapshot().context.endReason).toBe('max_duration');
  });

  test('waits no longer than a turn may last', () => {
    const call = new ChartUnderTest({ limits }).greet().tell(speechStarted).fresh();
    call.clock.advance(90_000);
    expect(call.orderTypes[0]).toBe('commitTurn');
    expect(call.state).toBe('ending.farewell.asking');
  });

  test('ends a call that came back from a transfer too late', () => {
    const call = new ChartUnderTest({ limits }).greet();
    call.clock.advance(40_000);
    call.tell({ type: 'transfer.requested' }, heardAll);
    call.clock.advance(25_000);
    call.tell({ type: 'phone.stopped', heard: [] }, { type: 'transfer.ended', result: 'no-answer' });
    expect(call.state).toBe('transferring.returning');
    call.tell({ type: 'phone.attached', streamSid: 'MZ2' });
    expect(call.state).toBe('ending.farewell.asking');
  });

  test('waits for it in the greeting: a greeting that does not come is asked for when the caller has finished', () => {
    const call = new ChartUnderTest().connect().tell(speechStarted).fresh();
    call.clock.advance(20_000);
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 });
    call.clock.advance(4_000);
    expect(call.orderTypes).toEqual(['cancelResponse', 'createResponse:greeting']);
  });

  test('is the greeting again where the far end broke it off for the caller’s first word', () => {
    const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), speechStarted).fresh();
    const broken = { status: 'cancelled', reason: 'turn_detected', hadAudio: false } as const;
    call.tell(finished('greeting', broken, 'r0'));
    expect(call.orderTypes).toEqual([]);
    call.tell({ type: 'caller.stoppedSpeaking', itemId: 'u2', speechMs: 700 });
    expect(call.orderTypes).toEqual(['createResponse:greeting']);
  });
});

describe('a greeting that begins over the caller', () => {
  test('is heard by who said hello, and falls silent for who goes on', () => {
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
  test('are answered once when the answer was heard behind the filler', async () => {
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

  test('gives the output back and asks for one answer after the last tool', async () => {
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

  test('asks for the answer while the preamble is still being heard', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool().fresh();
    call.tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    expect(call.orderTypes).toEqual(['answerTool', 'createResponse:toolAnswer']);
    expect(call.state).toBe('conversing.responding');
    call.tell(finished('reply', { toolCalls: 1 }), heardAll);
    expect(call.state).toBe('conversing.toolExecuting.answering');
  });

  test('does not wait for an answer that was part of what was heard', async () => {
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

  test('lets the caller speak while a tool runs, and answers both', async () => {
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

  test('plays a filler when a tool is slow, and settles it by its deadline', async () => {
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

describe('a call ends', () => {
  const endCall = async (call: ChartUnderTest) => {
    call.tools.at(-1)?.settle({ status: 'ok', output: '{}', then: 'endCall' });
    await call.settled();
  };

  test('asks for a goodbye when the model said none, and hangs up after it was heard', async () => {
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

  test('hears the goodbye that is on its way to its end', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('end_call').fresh();
    await endCall(call);
    expect(call.state).toBe('ending.farewell.hearing');
    expect(call.orderTypes).toEqual(['answerTool']);
  });

  test('goes on when the caller speaks during the goodbye', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('end_call').fresh();
    await endCall(call);
    call.tell(speechStarted);
    expect(call.state).toBe('conversing.interrupted.cut');
    expect(call.actor.getSnapshot().context.endReason).toBeUndefined();
  });

  test('asks a silent caller twice, then says goodbye', () => {
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

  test('announces its longest time before it comes, and ends then', () => {
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

  test('is hung up by the caller, and waits a moment for their last words', () => {
    const call = new ChartUnderTest().greet().callerSpeaks();
    call.tell({ type: 'phone.stopped', heard: [] });
    expect(call.state).toBe('ending.settling');
    call.tell({ type: 'caller.said', itemId: 'u1', text: 'never mind' });
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'caller_hung_up' });
  });

  test.each([
    ['reset', 'STREAM_LOST', 'lost'],
    ['thrown out for what it sent', 'STREAM_MALFORMED', 'failed'],
    ['thrown out for how much it sent', 'STREAM_TOO_FAST', 'failed'],
    ['no good for the engine itself', 'CALL_FAILED', 'failed'],
  ] as const)('does not say that the caller hung up when the stream was %s', (_what, code, reason) => {
    const call = new ChartUnderTest().greet().callerSpeaks();
    call.tell({ type: 'phone.lost', error: { code, message: 'gone' }, heard: [] });
    call.tell({ type: 'phone.completed' }, { type: 'caller.said', itemId: 'u1', text: 'never mind' });
    expect(call.actor.getSnapshot().output).toEqual({ reason });
  });

  test('has failed when the carrier says so', () => {
    const call = new ChartUnderTest().greet();
    call.tell({ type: 'phone.completed', failed: true });
    expect(call.actor.getSnapshot().output).toEqual({ reason: 'failed' });
  });

  test('hands the caller to a person, and takes them back when nobody answers', async () => {
    const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().requestTool('escalate_to_human');
    call.tools[0]?.settle({ status: 'ok', output: '{}', then: 'transfer' });
    await call.settled();
    expect(call.state).toBe('transferring.announcing');
    call.tell(heardAll);
    expect(call.orders.at(-1)).toEqual({ type: 'leaveStream', next: 'dial' });
    call.tell({ type: 'phone.stopped', heard: [] }, { type: 'transfer.ended', result: 'no-answer' });
    expect(call.state).toBe('transferring.returning');
    expect(call.orders.at(-1)).toEqual({
      type: 'createResponse',
      purpose: 'transferFailed',
      text: 'no-answer',
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
