import { describe, expect, test } from 'vitest';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import { regionsOf } from '../../src/protocol/state-path.ts';
import { audible, ChartUnderTest, finished, heardAll, plainCall, started } from '../support/call-chart.ts';

const MESSAGE = 'We are closed. Please leave a message.';

const said = (text: string, itemId = 'u1'): CallEvent => ({ type: 'caller.said', itemId, text });
const speaks: CallEvent = { type: 'caller.startedSpeaking', itemId: 'u1' };
const stops: CallEvent = { type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 2000 };
const committed: CallEvent = { type: 'caller.committed', itemId: 'u1' };
const hangsUp: CallEvent = { type: 'phone.stopped', heard: [] };

const afterHours = (over: ConstructorParameters<typeof ChartUnderTest>[0] = {}) =>
  new ChartUnderTest({ voicemail: MESSAGE, ...over }).connect();

/** The message was heard; the caller may speak. */
const asked = (over = {}) =>
  afterHours(over)
    .tell(started('say', 'r0'), audible, finished('say', {}, 'r0'), heardAll)
    .fresh();

const noteOf = (call: ChartUnderTest) => regionsOf(call.actor.getSnapshot().value)['note'];
const endOf = (call: ChartUnderTest) => call.actor.getSnapshot().output?.reason;

describe('voicemail', () => {
  test('a call after hours goes to voicemail when both legs are up; any other is greeted', () => {
    expect(afterHours().state).toBe('voicemail.asking');
    expect(new ChartUnderTest().connect().state).toMatch(/^conversing\.greeting/);
  });

  test('voicemail says the message at once, word for word, and lets the model answer nothing', () => {
    const call = afterHours();
    expect(call.orders).toContainEqual({ type: 'createResponse', purpose: 'say', text: MESSAGE });
    expect(call.orderTypes).not.toContain('allowReplies');
    call.tell(audible);
    expect(call.state).toBe('voicemail.announcing');
    call.tell(heardAll);
    expect(call.state).toBe('voicemail.quiet');
  });

  test('voicemail ends with a goodbye when nobody says anything for 5 s, and keeps nothing', async () => {
    const call = asked();
    call.clock.advance(4_999);
    expect(call.state).toBe('voicemail.quiet');
    call.clock.advance(1);
    expect(call.orderTypes).toContain('createResponse:goodbye');
    call.tell(audible, heardAll);
    call.clock.advance(300);
    await call.settled();
    expect(endOf(call)).toBe('completed');
    expect(call.notes).toEqual([]);
  });

  test('voicemail apologises when the message cannot be said', () => {
    const late = afterHours();
    late.clock.advance(4_000);
    const empty = afterHours().tell(started('say'), finished('say', { status: 'failed', hadAudio: false }));
    for (const call of [late, empty]) {
      expect(call.state).toBe('ending.apologizing');
      expect(call.orders).toContainEqual({ type: 'playClip', clip: 'failed' });
    }
  });

  test('voicemail keeps all that the caller says, as one note, before the call ends', async () => {
    const call = asked().tell(speaks, stops, committed, said('This is Ann.'), speaks);
    expect(call.state).toBe('voicemail.speaking');
    call.tell(stops, committed);
    call.clock.advance(5_000);
    call.tell(audible, said('Please call me back.', 'u2'), heardAll);
    call.clock.advance(300);
    expect(call.state).toBe('ending.settling');
    expect(call.notes.map(({ text }) => text)).toEqual(['This is Ann. Please call me back.']);
    expect(endOf(call)).toBeUndefined();
    call.notes[0]?.stored();
    await call.settled();
    expect(endOf(call)).toBe('completed');
  });

  test('voicemail lets a caller who speaks over the message go on, and says it later to one who speaks before it', () => {
    const over = afterHours().tell(audible).fresh().tell(speaks);
    expect(over.state).toBe('voicemail.speaking');
    expect(over.orderTypes).toEqual(['clearPlayback', 'cancelResponse', 'settleItems']);
    const before = afterHours().tell(speaks).fresh();
    expect(before.state).toBe('voicemail.forestalled');
    before.tell(stops);
    expect(before.state).toBe('voicemail.asking');
    expect(before.orderTypes).toEqual(['createResponse:say']);
  });

  test('voicemail ends a turn that is far too long, and hears on', () => {
    const call = asked().tell(speaks);
    call.clock.advance(plainCall.limits.maxTurnMs);
    expect(call.orderTypes).toEqual(['commitTurn']);
    expect(call.state).toBe('voicemail.quiet');
  });

  test('voicemail does nothing when a key is pressed', () => {
    const call = asked().tell({ type: 'digit.pressed', digit: '1' });
    expect([call.state, call.orderTypes]).toEqual(['voicemail.quiet', []]);
  });

  test('voicemail keeps what was said when the caller hangs up', async () => {
    const call = asked().tell(speaks, stops, committed, said('This is Ann.'), hangsUp);
    expect(call.notes.map(({ text }) => text)).toEqual(['This is Ann.']);
    call.notes[0]?.stored();
    await call.settled();
    expect(endOf(call)).toBe('caller_hung_up');
  });

  test('voicemail keeps what was said, too, when the caller hangs up right after speaking and the words come later', async () => {
    const call = asked().tell(speaks, stops, committed, hangsUp);
    expect(call.notes).toEqual([]);
    call.clock.advance(400);
    call.tell(said('This is Ann.'));
    expect(call.notes.map(({ text }) => text)).toEqual(['This is Ann.']);
    expect(endOf(call)).toBeUndefined();
    call.notes[0]?.stored();
    await call.settled();
    expect(endOf(call)).toBe('caller_hung_up');
  });

  test('voicemail keeps what has come when the last words take longer than 500 ms', () => {
    const call = asked().tell(
      speaks,
      stops,
      committed,
      said('This is Ann.'),
      speaks,
      stops,
      committed,
      hangsUp,
    );
    call.clock.advance(499);
    expect(noteOf(call)).toBe('closing');
    call.clock.advance(1);
    expect(call.notes.map(({ text }) => text)).toEqual(['This is Ann.']);
    call.clock.advance(200);
    expect(endOf(call)).toBe('caller_hung_up');
  });

  test('voicemail keeps no note of a noise', () => {
    const call = asked().tell(speaks, stops, committed, said(' '), hangsUp);
    expect([call.notes, endOf(call)]).toEqual([[], 'caller_hung_up']);
  });

  test('voicemail keeps what was said when the model is lost, behind an apology', () => {
    const call = asked().tell(speaks, stops, committed, said('This is Ann.'), speaks);
    call.tell({ type: 'model.lost', error: { code: 'MODEL_LOST', message: 'gone' } });
    expect(call.state).toBe('ending.apologizing');
    call.tell(audible, heardAll);
    call.clock.advance(300);
    expect(call.notes.map(({ text }) => text)).toEqual(['This is Ann.']);
  });

  test('voicemail tells whoever listens when the note could not be stored, and ends all the same', async () => {
    const call = asked().tell(speaks, stops, committed, said('This is Ann.'), hangsUp);
    call.notes[0]?.fail(new Error('the disk refuses'));
    await call.settled();
    expect(call.announced).toMatchObject([
      { type: 'call.failing', error: { code: 'STORAGE_UNAVAILABLE' } },
      { type: 'call.ended', reason: 'caller_hung_up' },
    ]);
  });

  test('voicemail obeys an operator who hangs up, and transfers nobody', () => {
    const call = asked().tell({ type: 'transfer.requested' });
    expect(call.state).toBe('voicemail.quiet');
    call.tell({ type: 'hangup.requested' });
    expect(call.state).toBe('ending.closing');
  });

  test('voicemail says goodbye when the time of the call is up, but not into the words of the caller', () => {
    const call = asked({ limits: { ...plainCall.limits, maxCallMs: 3_000 } }).tell(speaks);
    call.clock.advance(3_000);
    expect(call.state).toBe('voicemail.speaking');
    call.tell(stops);
    expect(call.state).toBe('ending.farewell.asking');
    expect(call.actor.getSnapshot().context.endReason).toBe('max_duration');
  });
});
