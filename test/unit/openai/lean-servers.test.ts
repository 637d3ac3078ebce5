import { describe, expect, test } from 'vitest';
import { audioOf, ModelLegRig } from '../../support/model-leg.ts';

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
  test('a Realtime server that leaves things out has its turns heard, each under one name, whichever events lack the name', () => {
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

  test('a Realtime server that leaves things out has its words put to their turns in order, when they come late and without a name', () => {
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

  test('a Realtime server that leaves things out has speech measured by the clock where it tells no offsets', () => {
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
  ])(
    'a Realtime server that leaves things out has a tool run that is told by its arguments only, %s',
    (_how, fields, isAdded) => {
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
    },
  );

  test('a Realtime server that leaves things out has no tool run twice, and none whose arguments were cut short', () => {
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

/** One event of a far end: its type and its fields. */
type Told = readonly [type: string, fields: Record<string, unknown>];

/** A turn, its answer with audio and a tool, and the answer to that; as the service tells it. */
function wholeTurn(): Told[] {
  const place = (n: number) => ({ response_id: `r${String(n)}`, item_id: `i${String(n)}`, content_index: 0 });
  const call = { id: 'f1', type: 'function_call', status: 'completed', call_id: 'fc1', name: 'look_up' };
  const message = (n: number) => ({ id: `i${String(n)}`, type: 'message', status: 'completed' });
  const usage = { input_token_details: { text_tokens: 1 }, output_token_details: { audio_tokens: 2 } };
  const response = (n: number, items: object[]): Told[] => [
    ['response.created', { response: { id: `r${String(n)}`, status: 'in_progress' } }],
    ['response.output_item.added', { response_id: `r${String(n)}`, item: message(n) }],
    ['response.content_part.added', { ...place(n), part: { type: 'audio' } }],
    ['response.output_audio_transcript.delta', { ...place(n), delta: 'Good day.' }],
    ['response.output_audio.delta', { ...place(n), delta: audioOf(400) }],
    ['response.output_audio.delta', { ...place(n), delta: audioOf(100) }],
    ['response.output_audio.done', place(n)],
    ['response.output_audio_transcript.done', { ...place(n), transcript: 'Good day.' }],
    ['response.content_part.done', { ...place(n), part: { type: 'audio' } }],
    ...[message(n), ...items].map((item): Told => [
      'response.output_item.done',
      { response_id: `r${String(n)}`, item },
    ]),
    [
      'response.done',
      { response: { id: `r${String(n)}`, status: 'completed', usage, output: [message(n), ...items] } },
    ],
  ];
  return [
    ['input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms: 1000 }],
    ['input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms: 2800 }],
    ['input_audio_buffer.committed', { item_id: 'u1' }],
    ['conversation.item.added', { item: { id: 'u1' } }],
    ['conversation.item.input_audio_transcription.completed', { item_id: 'u1', transcript: 'Any room?' }],
    ...response(1, [{ ...call, arguments: '{}' }]),
    ...response(2, []),
  ];
}

/** What the call and the caller get of it, without the names. */
function lived(events: readonly Told[]) {
  const rig = new ModelLegRig().configured();
  rig.order({ type: 'allowReplies', allowed: true });
  rig.says('session.updated', { session: rig.echo() });
  for (const [type, fields] of events) {
    rig.says(type, fields);
    if (type !== 'response.done') continue;
    const { length } = rig.facts.filter((fact) => fact.type === 'response.finished');
    if (length === 1) rig.order({ type: 'answerTool', toolCallId: 'fc1', output: '{"found":1}' });
    if (length === 1) rig.order({ type: 'createResponse', purpose: 'toolAnswer' });
  }
  const finished = rig.facts.filter((fact) => fact.type === 'response.finished');
  const count = (type: string) => rig.facts.filter((fact) => fact.type === type).length;
  const told = {
    turns: ['caller.startedSpeaking', 'caller.stoppedSpeaking', 'caller.committed', 'caller.said'].map(count),
    tools: rig.facts.flatMap((fact) => (fact.type === 'tool.requested' ? [fact.request.name] : [])),
    begun: count('response.started'),
    finished: finished.map(({ outcome: { status, audioMs, toolCalls } }) => [status, audioMs, toolCalls]),
    playedMs: Buffer.concat(rig.played).length / 8,
    requests: rig.sent().filter(({ type }) => type === 'response.create').length,
  };
  // What comes next is taken: nothing that was left out is waited for.
  rig.order({ type: 'createResponse', purpose: 'say', text: 'Bye.' });
  return { ...told, next: rig.sent().map(({ type }) => type) };
}

describe('a call with a server that leaves out', () => {
  const whole = lived(wholeTurn());

  test('a call with a server that leaves out nothing has its turn, its tool and its answers', () => {
    expect(whole).toEqual({
      turns: [1, 1, 1, 1],
      tools: ['look_up'],
      begun: 2,
      finished: [
        ['completed', 500, 1],
        ['completed', 500, 0],
      ],
      playedMs: 1000,
      requests: 1,
      next: ['response.create'],
    });
  });

  const DELTAS = /^response\.(?:output_audio|content_part)/;
  const cases: readonly [what: string, leaves: (told: Told) => Told[]][] = [
    ['response.created', ([type, fields]) => (type === 'response.created' ? [] : [[type, fields]])],
    ['input_audio_buffer.committed', (told) => (told[0] === 'input_audio_buffer.committed' ? [] : [told])],
    ['conversation.item.added', (told) => (told[0] === 'conversation.item.added' ? [] : [told])],
    ['response.output_item.added', (told) => (told[0] === 'response.output_item.added' ? [] : [told])],
    ['response.output_item.done', (told) => (told[0] === 'response.output_item.done' ? [] : [told])],
    ['the parts of content', (told) => (told[0].includes('content_part') ? [] : [told])],
    ['the end of audio', (told) => (told[0] === 'response.output_audio.done' ? [] : [told])],
    ['the response of a delta', ([type, fields]) => [[type, cut(fields, DELTAS.test(type), 'response_id')]]],
    ['the item of a delta', ([type, fields]) => [[type, cut(fields, DELTAS.test(type), 'item_id')]]],
    ['the part of a delta', ([type, fields]) => [[type, cut(fields, DELTAS.test(type), 'content_index')]]],
    [
      'the response of an item',
      ([type, fields]) => [[type, cut(fields, type.includes('_item'), 'response_id')]],
    ],
    ['the name of a response everywhere', ([type, fields]) => [[type, nameless(fields)]]],
    ['usage', ([type, fields]) => [[type, cutWithin(fields, type === 'response.done', 'usage')]]],
    ['output', ([type, fields]) => [[type, cutWithin(fields, type === 'response.done', 'output')]]],
    [
      'status of what is whole',
      ([type, fields]) => [[type, cutWithin(fields, type === 'response.done', 'status')]],
    ],
  ];

  test.each(cases)('a call with a server that leaves out %s goes on like any other', (_what, leaves) => {
    expect(lived(wholeTurn().flatMap(leaves))).toEqual(whole);
  });
});

const cut = (fields: Record<string, unknown>, isMeant: boolean, name: string) =>
  isMeant ? Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name)) : fields;

const cutWithin = (fields: Record<string, unknown>, isMeant: boolean, name: string) =>
  isMeant ? { response: cut(fields['response'] as Record<string, unknown>, true, name) } : fields;

const nameless = (fields: Record<string, unknown>) =>
  cut('response' in fields ? cutWithin(fields, true, 'id') : fields, true, 'response_id');
