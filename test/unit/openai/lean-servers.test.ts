import { describe, expect, test } from 'vitest';
import { ModelLegRig } from '../../support/model-leg.ts';

const without = (fields: Record<string, unknown>, left: boolean) => (left ? {} : fields);

/** Two turns with their words, of a far end that leaves the name of the turn out of some events. */
function twoTurns(leavesOut: readonly string[]) {
  const rig = new ModelLegRig().configured();
  for (const [n, words] of [
    [1, 'Hello?'],
    [2, 'Are you open?'],
  ] as const) {
    const say = (type: string, fields: object = {}) => {
      rig.says(type, { ...without({ item_id: `u${String(n)}` }, leavesOut.includes(type)), ...fields });
    };
    say('input_audio_buffer.speech_started', { audio_start_ms: n * 10_000 });
    say('input_audio_buffer.speech_stopped', { audio_end_ms: n * 10_000 + 1800 });
    say('input_audio_buffer.committed');
    say('conversation.item.input_audio_transcription.completed', { transcript: words });
  }
  return rig.told();
}

const NAMED = [
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.input_audio_transcription.completed',
];

describe('a Realtime server that leaves things out', () => {
  test('has its turns heard, each under one name, whichever events lack the name', () => {
    for (let mask = 0; mask < 16; mask++) {
      const leavesOut = NAMED.filter((_, bit) => (mask >> bit) % 2 === 1);
      const told = twoTurns(leavesOut);
      expect(told.map(({ type }) => type)).toEqual(
        [1, 2].flatMap(() => [
          'caller.startedSpeaking',
          'caller.stoppedSpeaking',
          'caller.committed',
          'caller.said',
        ]),
      );
      const names = told.map((fact) => ('itemId' in fact ? fact.itemId : ''));
      expect(new Set(names.slice(0, 4)).size, leavesOut.join()).toBe(1);
      expect(new Set(names.slice(4)).size, leavesOut.join()).toBe(1);
      expect(names[0]).not.toBe(names[4]);
    }
  });

  test('has its words put to their turns in order, when they come late and without a name', () => {
    const rig = new ModelLegRig().configured();
    for (let turn = 0; turn < 2; turn++) {
      rig.says('input_audio_buffer.speech_started');
      rig.says('input_audio_buffer.speech_stopped');
      rig.says('input_audio_buffer.committed');
    }
    const turns = rig.told().flatMap((fact) => (fact.type === 'caller.committed' ? [fact.itemId] : []));
    const event = 'conversation.item.input_audio_transcription.';
    rig.says(`${event}failed`);
    rig.says(`${event}completed`, { transcript: 'two' });
    expect(rig.told()).toEqual([
      { type: 'caller.unclear', itemId: turns[0] },
      { type: 'caller.said', itemId: turns[1], text: 'two' },
    ]);
  });

  test('has speech measured by the clock where it tells no offsets', () => {
    const rig = new ModelLegRig().configured();
    rig.says('input_audio_buffer.speech_started');
    rig.clock.advance(1400);
    rig.says('input_audio_buffer.speech_stopped');
    expect(rig.told().at(-1)).toMatchObject({ type: 'caller.stoppedSpeaking', speechMs: 900 });
  });

  const args = '{"day":"monday"}';
  const request = { toolCallId: 'fc1', name: 'look_up', argumentsJson: args };
  const call = { item_id: 'i1', call_id: 'fc1', arguments: args };

  test.each([
    ['by name', { ...call, response_id: 'r1', name: 'look_up' }, false],
    ['without a response', { ...call, name: 'look_up' }, false],
    ['of an item that was named before', { ...call, response_id: 'r1' }, true],
  ])('has a tool run that is told by its arguments only, %s', (_how, fields, isAdded) => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    const item = { id: 'i1', type: 'function_call', call_id: 'fc1', name: 'look_up' };
    if (isAdded) rig.says('response.output_item.added', { response_id: 'r1', item });
    rig.says('response.function_call_arguments.done', fields);
    rig.told();
    rig.responseEnds('r1');
    expect(rig.told()).toMatchObject([
      { type: 'tool.requested', request },
      { type: 'response.finished', outcome: { status: 'completed', toolCalls: 1 } },
    ]);
  });

  test('has no tool run twice, and none whose arguments were cut short', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.says('response.function_call_arguments.done', { ...call, response_id: 'r1', name: 'look_up' });
    const item = { id: 'i1', type: 'function_call', status: 'completed', call_id: 'fc1', name: 'look_up' };
    rig.says('response.output_item.done', { response_id: 'r1', item: { ...item, arguments: args } });
    rig.responseEnds('r1');
    expect(rig.told().filter(({ type }) => type === 'tool.requested')).toHaveLength(1);

    rig.responseBegins('r2');
    const cut = { response_id: 'r2', item_id: 'i2', call_id: 'fc2', name: 'look_up', arguments: '{"day":"m' };
    rig.says('response.function_call_arguments.done', cut);
    rig.responseEnds('r2', 'cancelled');
    expect(rig.told().filter(({ type }) => type === 'tool.requested')).toEqual([]);
  });
});
