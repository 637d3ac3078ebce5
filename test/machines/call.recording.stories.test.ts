import { describe, expect, test } from 'vitest';
import type { CallEvent, PausedBy } from '../../src/machines/call/call.events.ts';
import { regionsOf } from '../../src/protocol/state-path.ts';
import { audible, ChartUnderTest, finished, heardAll, started } from '../support/call-chart.ts';

/** What becomes of a recording, rule by rule. */

const said = (text: string): CallEvent => ({
  type: 'agent.said',
  itemId: 'i1',
  text,
  interrupted: false,
  heardMs: 400,
});
const announced = said('this call is recorded: hi, this is Acme');
const pause = (by: PausedBy): CallEvent => ({ type: 'recording.requested', paused: true, by });
const resume = (by: PausedBy): CallEvent => ({ type: 'recording.requested', paused: false, by });
const given = (since: number): CallEvent => ({
  type: 'recording.requested',
  paused: true,
  by: 'card',
  since,
});
/** Who pauses a recording by a request; a card number that is given pauses it, too. */
const REQUESTERS = [
  ['an operator', 'operator'],
  ['the agent', 'agent'],
] as const;
const PAUSERS = [...REQUESTERS, ['a card number', 'card']] as const;
const brokeOff: CallEvent = { type: 'recording.brokeOff', reason: 'diskFull' };

const standing = (call: ChartUnderTest) => regionsOf(call.actor.getSnapshot().value)['recording'];
const toldOf = (call: ChartUnderTest) => call.announced.filter(({ type }) => type.startsWith('recording.'));
const rolling = () => {
  const call = new ChartUnderTest({ isRecorded: true }).greet().tell(announced);
  call.announced.length = 0;
  return call;
};

describe('a recording', () => {
  test('a recording begins when its announcement was heard to its end', () => {
    const call = new ChartUnderTest({ isRecorded: true }).greet();
    expect(standing(call)).toBe('consentOwed.unpaused');
    call.tell(announced);
    expect(standing(call)).toBe('rolling');
    expect(toldOf(call)).toEqual([{ type: 'recording.begins' }]);
    call.tell(announced);
    expect(toldOf(call)).toHaveLength(1);
  });

  test('a recording is off in a call that is not recorded, and cannot be paused', () => {
    const call = new ChartUnderTest({ isRecorded: false }).greet().tell(announced, pause('operator'));
    expect(standing(call)).toBe('off');
    expect(toldOf(call)).toEqual([]);
    expect(call.actor.getSnapshot().can(pause('operator'))).toBe(false);
  });

  test('a recording is announced again at most twice, by the chart itself', () => {
    const call = new ChartUnderTest({ isRecorded: true }).greet().fresh();
    call.tell(said('This call is'));
    expect(call.orders).toEqual([{ type: 'createResponse', purpose: 'say', text: 'This call is recorded.' }]);
    expect(call.state).toBe('conversing.listening.awaitingReply');
    call.tell(started('say'), audible, said('This'), said('This'));
    expect(call.orderTypes).toEqual(['createResponse:say', 'createResponse:say']);
    call.tell(announced);
    expect(standing(call)).toBe('rolling');
  });

  test('a recording is announced once more when the model makes no audio of the announcement', () => {
    const call = new ChartUnderTest({ isRecorded: true }).greet().tell(said('This call is')).fresh();
    call.tell(started('say'), finished('say', { hadAudio: false }));
    expect(call.orders).toContainEqual({
      type: 'createResponse',
      purpose: 'say',
      text: 'This call is recorded.',
    });
  });

  test('a recording is not announced again once the call ends', () => {
    const call = new ChartUnderTest({ isRecorded: true }).greet().tell({ type: 'hangup.requested' }).fresh();
    call.tell(said('This call is'));
    expect(call.orderTypes).not.toContain('createResponse:say');
  });

  test('a recording that broke off does not begin again, and the call goes on', () => {
    const call = rolling().tell(brokeOff, announced, pause('operator'), resume('operator'), brokeOff);
    expect(standing(call)).toBe('stopped');
    expect(toldOf(call)).toEqual([]);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.actor.getSnapshot().can(pause('operator'))).toBe(true);
  });

  test('a recording that is erased before it has begun never begins', () => {
    const call = new ChartUnderTest({ isRecorded: true })
      .greet()
      .tell({ type: 'recording.brokeOff', reason: 'erased' }, announced);
    expect(standing(call)).toBe('stopped');
    expect(toldOf(call)).toEqual([]);
  });
});

describe('a pause of the recording', () => {
  test.each(PAUSERS)('a pause of the recording by %s begins and ends', (_, by) => {
    const call = rolling().tell(pause(by));
    expect(standing(call)).toBe(`paused.${by}`);
    call.tell(resume(by));
    expect(standing(call)).toBe('rolling');
    expect(toldOf(call)).toEqual([
      { type: 'recording.pauses', by },
      { type: 'recording.resumes', by },
    ]);
  });

  test.each(PAUSERS)('a pause by %s before the announcement holds when the recording begins', (_, by) => {
    const call = new ChartUnderTest({ isRecorded: true }).greet().tell(pause(by));
    expect(standing(call)).toBe(`consentOwed.paused.${by}`);
    expect(toldOf(call)).toEqual([]);
    call.tell(announced);
    expect(standing(call)).toBe(`paused.${by}`);
    expect(toldOf(call)).toEqual([{ type: 'recording.begins' }, { type: 'recording.pauses', by }]);
  });

  test('a pause that an operator asks for before there is a stream holds when the recording begins', () => {
    const call = new ChartUnderTest({ isRecorded: true }).tell(pause('operator')).greet().tell(announced);
    expect(standing(call)).toBe('paused.operator');
  });

  test('a pause may end before the announcement, and then is not told', () => {
    const call = new ChartUnderTest({ isRecorded: true })
      .greet()
      .tell(pause('agent'), resume('operator'), announced);
    expect(toldOf(call)).toEqual([{ type: 'recording.begins' }]);
  });

  test.each(REQUESTERS)('a pause by %s is not ended by words without digits', (_, by) => {
    for (const call of [rolling(), new ChartUnderTest({ isRecorded: true }).greet()]) {
      call.tell(pause(by));
      const before = standing(call);
      expect(call.actor.getSnapshot().can(resume('card'))).toBe(false);
      call.tell(resume('card'));
      expect(standing(call)).toBe(before);
    }
  });

  test.each(REQUESTERS)('a pause by a card number becomes one by %s who asks for it meanwhile', (_, by) => {
    const call = rolling().tell(pause('card'), pause(by), resume('card'));
    expect(standing(call)).toBe(`paused.${by}`);
    expect(toldOf(call)).toEqual([
      { type: 'recording.pauses', by: 'card' },
      { type: 'recording.pauses', by },
    ]);
    const early = new ChartUnderTest({ isRecorded: true })
      .greet()
      .tell(pause('card'), pause(by), resume('card'));
    expect(standing(early)).toBe(`consentOwed.paused.${by}`);
  });

  test('a pause stays with whoever asked first, and ends when anyone asks', () => {
    const call = rolling().tell(pause('operator'), pause('agent'), pause('card'));
    expect(standing(call)).toBe('paused.operator');
    expect(toldOf(call)).toEqual([{ type: 'recording.pauses', by: 'operator' }]);
    call.tell(resume('agent'));
    expect(standing(call)).toBe('rolling');
  });

  test('a pause by a card number says since when, in ms, the number was given', () => {
    const call = rolling().tell(given(7000));
    expect(toldOf(call)).toEqual([{ type: 'recording.pauses', by: 'card', since: 7000 }]);
  });

  test.each(PAUSERS)(
    'a pause by %s goes on, and a card number that was given before it is silenced',
    (_, by) => {
      const call = rolling().tell(pause(by), given(7000));
      expect(standing(call)).toBe(`paused.${by}`);
      expect(toldOf(call).at(-1)).toEqual({ type: 'recording.silences', since: 7000 });
    },
  );

  test('a pause of the recording gives no order to a leg: the agent speaks on', () => {
    const call = rolling().agentSpeaks().fresh();
    call.tell(pause('operator'), resume('operator'));
    expect(call.state).toBe('conversing.responding');
    expect(call.orders).toEqual([]);
    call.tell(heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
  });

  test('a pause that is asked for twice is taken twice, and told once', () => {
    const call = rolling().tell(pause('operator'));
    expect(call.actor.getSnapshot().can(pause('operator'))).toBe(true);
    call.tell(pause('operator'), resume('operator'));
    expect(call.actor.getSnapshot().can(resume('operator'))).toBe(true);
    call.tell(resume('operator'));
    expect(toldOf(call)).toHaveLength(2);
  });
});
