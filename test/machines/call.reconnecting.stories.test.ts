import { expect, test } from 'vitest';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
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

/** What the caller notices of a session that is lost and followed by the next one. */

const error = { code: 'MODEL_LOST', message: 'gone' } as const;
const disconnected: CallEvent = { type: 'model.disconnected', error };
const configured: CallEvent = { type: 'model.configured' };
const opened: CallEvent = { type: 'model.opened' };
const session = (call: ChartUnderTest) => regionsOf(call.actor.getSnapshot().value)['session'];
const clips = (call: ChartUnderTest) =>
  call.orders.flatMap((order) => (order.type === 'playClip' ? [order.clip] : []));

test('a call whose session is replaced within a second goes on as if nothing had been', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().fresh();
  call.tell(disconnected);
  expect(session(call)).toBe('reconnecting.brief');
  call.clock.advance(900);
  call.tell(opened, configured);
  expect(session(call)).toBe('live');
  expect(call.state).toBe('conversing.listening.awaitingReply');
  expect(call.orders).toEqual([]);
  expect(call.announced).toEqual([]);
});

test('a caller who waits for a reply is asked to wait when the next session takes longer than a second, once', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().tell(disconnected).fresh();
  call.clock.advance(1_000);
  expect(clips(call)).toEqual(['hold']);
  call.tell(audible, heardAll);
  expect(call.state).toBe('conversing.listening.awaitingReply');
  expect(call.orderTypes.at(-1)).toBe('createResponse:reply');
  call.clock.advance(7_000);
  expect(clips(call)).toEqual(['hold']);
});

test('a caller who waits for nothing is left in peace while the session is replaced', () => {
  const call = new ChartUnderTest().greet().tell(disconnected).fresh();
  call.clock.advance(5_000);
  expect(call.orders).toEqual([]);
});

test('a caller who has waited through the clip is answered by the next session, and not asked to speak again', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().tell(disconnected);
  call.clock.advance(1_000);
  call.tell(audible, heardAll, opened, configured, started('reply'), audible);
  expect(call.state).toBe('conversing.responding');
  call.fresh().tell(finished('reply'), heardAll);
  expect(call.state).toBe('conversing.listening.quiet');
  expect(call.orderTypes).not.toContain('createResponse:reply');
});

test('a call whose agent was cut off in mid-sentence asks for the rest when what came was heard', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().fresh();
  call.tell(
    finished('reply', { status: 'failed', reason: 'session_lost' }),
    disconnected,
    opened,
    configured,
  );
  expect(call.state).toBe('conversing.responding');
  call.tell(heardAll);
  expect(call.state).toBe('conversing.listening.awaitingReply');
  expect(call.orderTypes.filter((type) => type.startsWith('createResponse'))).toEqual([
    'createResponse:reply',
  ]);
});

test('a caller who speaks on into the next session is heard by it', () => {
  const call = new ChartUnderTest().greet().tell(speechStarted, disconnected, opened, configured);
  expect(call.state).toBe('conversing.listening.callerSpeaking.rejoining');
  call.tell({ type: 'caller.startedSpeaking', itemId: 'u3' });
  expect(call.state).toBe('conversing.listening.callerSpeaking.talking');
  call.fresh().clock.advance(1_500);
  expect(call.orders).toEqual([]);
});

test('a caller who has finished before the next session hears them is answered 1.5 s after it is there', () => {
  const call = new ChartUnderTest().greet().tell(speechStarted, disconnected, opened, configured).fresh();
  call.clock.advance(1_500);
  expect(call.state).toBe('conversing.listening.awaitingReply');
  expect(call.orderTypes).toEqual(['createResponse:reply']);
});

test('a caller who broke in and is not heard by the next session is answered, too', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(speechStarted);
  expect(call.state).toBe('conversing.interrupted.cut');
  call.tell(disconnected, opened, configured);
  expect(call.state).toBe('conversing.listening.callerSpeaking.rejoining');
});

test('a call that gets no session within 12 s gives the caller to a person, behind a clip', () => {
  const call = new ChartUnderTest().greet().callerSpeaks().tell(disconnected);
  call.clock.advance(12_000);
  expect(call.state).toBe('transferring.excusing');
  expect(session(call)).toBe('gone');
  expect(call.announced).toEqual([{ type: 'call.failing', error }]);
  call.tell(heardAll);
  expect(call.state).toBe('transferring.dialing');
});

test('a call that gets no session, with nobody to give the caller to, says sorry and ends failed', () => {
  const call = new ChartUnderTest({ canTransfer: false }).greet().callerSpeaks().tell(disconnected);
  call.clock.advance(12_000);
  expect(call.state).toBe('ending.apologizing');
  expect(clips(call)).toContain('failed');
  call.tell(heardAll);
  call.clock.advance(1_000);
  expect(call.actor.getSnapshot().output).toEqual({ reason: 'failed' });
});

test('a call whose session is lost before the greeting waits for the next one, and is greeted once', () => {
  const call = new ChartUnderTest().tell(opened, disconnected, { type: 'phone.attached', streamSid: 'MZ1' });
  expect(session(call)).toBe('opening');
  expect(call.state).toBe('connecting');
  call.fresh().tell(opened, configured);
  expect(call.orderTypes).toEqual(['createResponse:greeting']);
});

test('a tool that settles while the session is replaced is answered when there is one again', async () => {
  const call = new ChartUnderTest().greet().callerSpeaks().requestTool();
  call.tell(finished('reply', { hadAudio: false, toolCalls: 1 }), disconnected).fresh();
  call.tools.at(-1)?.settle({ status: 'ok', output: '{"free":true}' });
  await call.settled();
  expect(call.orderTypes).toEqual(['answerTool', 'createResponse:toolAnswer']);
  expect(call.state).toBe('conversing.toolExecuting.answering');
});

test('a reply that does not come in time is still owed while the session is replaced, and counts for no failure', () => {
  const limits = { ...plainCall.limits };
  const call = new ChartUnderTest({ limits }).greet().callerSpeaks();
  call.clock.advance(6_000);
  call.tell(disconnected).fresh();
  call.clock.advance(2_000);
  expect(call.state).toBe('conversing.listening.awaitingReply');
  expect(call.orderTypes).toContain('createResponse:reply');
  expect(call.actor.getSnapshot().context.failures).toBe(0);
});
