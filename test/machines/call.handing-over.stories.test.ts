import { describe, expect, test } from 'vitest';
import {
  audible,
  ChartUnderTest,
  finished,
  heardAll,
  speechStarted,
  started,
} from '../support/call-chart.ts';

const HAND_OVER = { type: 'handOver.requested' } as const;
const said = { type: 'caller.said', itemId: 'u1', text: 'Hello.' } as const;

/** A call whose caller has been answered, and whose words have all come. */
const answered = () =>
  new ChartUnderTest().greet().callerSpeaks().tell(said).agentSpeaks().tell(finished('reply'), heardAll);

describe('a call that another process is to go on with', () => {
  test('leaves this one while nobody speaks, without an end, a word or an order to the carrier', () => {
    const call = answered().fresh();
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.actor.getSnapshot().can(HAND_OVER)).toBe(true);
    call.tell(HAND_OVER);
    const { status, value, children } = call.actor.getSnapshot();
    expect([status, value]).toEqual(['done', 'handedOver']);
    expect([call.orders, call.announced]).toEqual([[], []]);
    expect(Object.values(children)).toEqual([]);
    expect(call.clock.pending).toBe(0);
  });

  test.each([
    ['the greeting has not been heard to its end', () => new ChartUnderTest().connect()],
    ['the greeting is heard', () => new ChartUnderTest().connect().tell(started('greeting', 'r0'), audible)],
    ['the caller speaks', () => answered().tell(speechStarted)],
    ['the caller waits for a reply', () => new ChartUnderTest().greet().callerSpeaks().tell(said)],
    ['the agent is heard', () => answered().callerSpeaks().tell(said).agentSpeaks()],
    ['digits are keyed in', () => answered().tell({ type: 'digit.pressed', digit: '4' })],
    [
      'the words of a turn have not come',
      () => new ChartUnderTest().greet().callerSpeaks().agentSpeaks().tell(finished('reply'), heardAll),
    ],
    ['a person is being called', () => answered().tell({ type: 'transfer.requested' })],
    ['the agent says goodbye', () => answered().tell({ type: 'transcript.filled' })],
    [
      'the stream is lost',
      () =>
        answered().tell({ type: 'phone.lost', error: { code: 'STREAM_LOST', message: 'gone' }, heard: [] }),
    ],
  ])('stays while %s', (_what, situation) => {
    const call = situation();
    const { state } = call;
    expect(call.actor.getSnapshot().can(HAND_OVER)).toBe(false);
    call.tell(HAND_OVER);
    expect(call.state).toBe(state);
  });

  test('stays while a tool is at work and the two are silent, and while its answer is on its way', async () => {
    const call = new ChartUnderTest().connect().tell(started('greeting', 'r0'), audible).requestTool();
    call.tell(finished('greeting', { toolCalls: 1 }, 'r0'), heardAll);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.actor.getSnapshot().can(HAND_OVER)).toBe(false);
    call.tools[0]?.settle({ status: 'ok', output: '{}' });
    await call.settled();
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.actor.getSnapshot().can(HAND_OVER)).toBe(false);
    call.tell(started('toolAnswer'), audible, finished('toolAnswer'), heardAll);
    expect(call.actor.getSnapshot().can(HAND_OVER)).toBe(true);
  });
});
