import { describe, expect, test } from 'vitest';
import { heard, ModelLegRig, type Sent } from '../../support/model-leg.ts';

const typesOf = (events: readonly Sent[]) => events.map(({ type }) => type);
const first = <Item>(items: readonly Item[]): Item => {
  const [item] = items;
  if (item === undefined) throw new Error('nothing was sent');
  return item;
};
const functionCall = (id: string, callId: string, more: Record<string, unknown> = {}) => ({
  id,
  type: 'function_call',
  name: 'book_appointment',
  call_id: callId,
  arguments: '{"day":"monday"}',
  status: 'completed',
  ...more,
});

/** The leg in the middle of an answer of the far end's own: 3200 ms received, words along with them. */
function speaking(dialect: 'ga' | 'beta', profile: Record<string, unknown> = {}): ModelLegRig {
  const rig = new ModelLegRig({ dialect, profile }).configured();
  rig.order({ type: 'allowReplies', allowed: true });
  rig.responseBegins('r3');
  for (const word of ['We ', 'are ', 'open ', 'from ', 'nine ', 'to ', 'five ', 'daily.']) {
    rig.words('r3', 'i3', word);
    rig.delta('r3', 'i3', 400);
  }
  rig.sent();
  rig.told();
  rig.heardByPhone();
  return rig;
}

describe.each(['ga', 'beta'] as const)('the %s wire', (dialect) => {
  test('the model leg greets once the session is configured, with replies held back until then', () => {
    const rig = new ModelLegRig({ dialect });
    rig.socket.open();
    rig.says('session.created', { session: { id: 's1' } });
    expect(rig.told()).toEqual([{ type: 'model.opened' }]);

    expect(typesOf(rig.sent())).toEqual(['session.update']);
    expect(rig.told()).toEqual([]);
    rig.says('session.updated', { session: rig.echo() });
    expect(rig.told()).toEqual([{ type: 'model.configured' }]);

    rig.order({ type: 'createResponse', purpose: 'greeting' });
    const create = first(rig.sent());
    expect(create.type).toBe('response.create');
    expect(JSON.stringify(create)).toContain('Hi, this is Acme, how can I help you?');

    rig.responseBegins('r1', create);
    rig.says('response.output_item.added', { response_id: 'r1', item: { id: 'i1', type: 'message' } });
    rig.says('conversation.item.added', { item: { id: 'i1' } });
    rig.delta('r1', 'i1', 300);
    rig.words('r1', 'i1', 'Hi, this is Acme');
    rig.delta('r1', 'i1', 700);
    rig.says('response.output_audio.done', { response_id: 'r1', item_id: 'i1' });
    expect(rig.heardByPhone()).toEqual(['audio r1/i1 300', 'audio r1/i1 700']);
    rig.itemDone('r1', { id: 'i1', type: 'message', status: 'completed' });
    rig.responseEnds('r1', 'completed', {
      usage: {
        input_token_details: { text_tokens: 120, audio_tokens: 3, cached_tokens: 100 },
        output_token_details: { text_tokens: 9, audio_tokens: 20 },
      },
    });
    expect(rig.heardByPhone()).toEqual(['end r1/i1', 'done r1']);
    expect(rig.told()).toEqual([
      { type: 'response.started', responseId: 'r1', purpose: 'greeting' },
      { type: 'agent.startedItem', itemId: 'i1', responseId: 'r1' },
      {
        type: 'usage.reported',
        usage: {
          kind: 'response',
          inputTextTokens: 120,
          inputAudioTokens: 3,
          cachedTokens: 100,
          outputTextTokens: 9,
          outputAudioTokens: 20,
          seconds: 0,
        },
      },
      {
        type: 'response.finished',
        responseId: 'r1',
        purpose: 'greeting',
        outcome: { status: 'completed', hadAudio: true, audioMs: 1000, toolCalls: 0 },
      },
    ]);

    rig.order({ type: 'allowReplies', allowed: true });
    const [update, ...none] = rig.sent();
    expect(none).toEqual([]);
    expect(JSON.stringify(update)).toContain('"create_response":true');
    expect(JSON.stringify(update)).toContain('"silence_duration_ms":500');
    expect(JSON.stringify(update)).not.toContain('voice');
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 1000, 1000, true)] });
    expect(rig.sent()).toEqual([]);
    expect(rig.told()).toEqual([
      { type: 'agent.said', itemId: 'i1', text: 'Hi, this is Acme', interrupted: false, heardMs: 1000 },
    ]);
  });

  test("the model leg tells a caller's turn, whenever its words come", () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('session.updated', { session: rig.echo() });
    rig.sent();
    rig.says('input_audio_buffer.speech_started', { audio_start_ms: 1200, item_id: 'u1' });
    rig.says('input_audio_buffer.speech_stopped', { audio_end_ms: 3100, item_id: 'u1' });
    rig.says('input_audio_buffer.committed', { item_id: 'u1', previous_item_id: null });
    rig.says('conversation.item.added', { item: { id: 'u1' } });
    rig.responseBegins('r2');
    rig.delta('r2', 'i2', 100);
    rig.responseEnds('r2');
    rig.says('rate_limits.updated', { rate_limits: [] });
    rig.says('conversation.item.input_audio_transcription.completed', {
      item_id: 'u1',
      content_index: 0,
      transcript: ' When are you open? ',
      languages: ['en'],
      usage: { type: 'duration', seconds: 2 },
    });
    const told = rig.told().filter(({ type }) => type !== 'agent.startedItem');
    expect(told).toEqual([
      { type: 'caller.startedSpeaking', itemId: 'u1' },
      { type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 1100, silentMs: 500, isAtLeast: true },
      { type: 'caller.committed', itemId: 'u1' },
      { type: 'response.started', responseId: 'r2', purpose: 'reply' },
      {
        type: 'response.finished',
        responseId: 'r2',
        purpose: 'reply',
        outcome: { status: 'completed', hadAudio: true, audioMs: 100, toolCalls: 0 },
      },
      { type: 'caller.said', itemId: 'u1', text: 'When are you open?', language: 'en' },
      {
        type: 'usage.reported',
        usage: {
          kind: 'transcription',
          inputTextTokens: 0,
          inputAudioTokens: 0,
          cachedTokens: 0,
          outputTextTokens: 0,
          outputAudioTokens: 0,
          seconds: 2,
        },
      },
    ]);
    expect(rig.sent()).toEqual([]);
  });

  test('the model leg cuts an answer that is still being generated at what was heard', () => {
    const rig = speaking(dialect);
    rig.says('input_audio_buffer.speech_started', { audio_start_ms: 9000, item_id: 'u2' });
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'settleItems', heard: [heard('r3', 'i3', 1640, 3200)] });
    const sent = rig.sent();
    expect(sent).toMatchObject([
      { type: 'response.cancel', response_id: 'r3' },
      { type: 'conversation.item.truncate', item_id: 'i3', content_index: 0, audio_end_ms: 1640 },
    ]);
    rig.delta('r3', 'i3', 400);
    expect(rig.heardByPhone()).toEqual([]);
    rig.itemDone('r3', { id: 'i3', type: 'message', status: 'incomplete' });
    rig.responseEnds('r3', 'cancelled', { status_details: { type: 'cancelled', reason: 'turn_detected' } });
    rig.says('conversation.item.truncated', { item_id: 'i3', content_index: 0, audio_end_ms: 1640 });
    expect(rig.told()).toEqual([
      { type: 'caller.startedSpeaking', itemId: 'u2' },
      {
        type: 'agent.said',
        itemId: 'i3',
        text: 'We are open from',
        unheard: 'nine to five daily.',
        interrupted: true,
        heardMs: 1640,
      },
      {
        type: 'response.finished',
        responseId: 'r3',
        purpose: 'reply',
        outcome: {
          status: 'cancelled',
          reason: 'turn_detected',
          hadAudio: true,
          audioMs: 3200,
          toolCalls: 0,
        },
      },
    ]);
    expect(rig.sent()).toEqual([]);
  });

  test('the model leg cancels nothing when generation had finished and only playback was cut', () => {
    const rig = speaking(dialect);
    rig.itemDone('r3', { id: 'i3', type: 'message', status: 'completed' });
    rig.responseEnds('r3');
    rig.says('input_audio_buffer.speech_started', { audio_start_ms: 9000, item_id: 'u2' });
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'settleItems', heard: [heard('r3', 'i3', 2000, 3200)] });
    expect(rig.sent()).toMatchObject([{ type: 'conversation.item.truncate', audio_end_ms: 2000 }]);
  });

  test('the model leg owns the interruption where the profile wants it confirmed', () => {
    const rig = new ModelLegRig({ dialect, profile: { bargeIn: 'confirmed' } });
    rig.socket.open();
    rig.says('session.created');
    const [update] = rig.sent();
    expect(JSON.stringify(update)).toContain('"create_response":false,"interrupt_response":false');
    rig.says('session.updated', { session: rig.echo() });
    rig.order({ type: 'allowReplies', allowed: true });
    expect(rig.sent()).toEqual([]);
    rig.order({ type: 'createResponse', purpose: 'reply' });
    rig.responseBegins('r3', first(rig.sent()));
    rig.delta('r3', 'i3', 500);
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'createResponse', purpose: 'reply' });
    expect(typesOf(rig.sent())).toEqual(['response.cancel']);
    rig.responseEnds('r3', 'cancelled', { status_details: { reason: 'client_cancelled' } });
    expect(typesOf(rig.sent())).toEqual(['response.create']);
  });

  test('the model leg deletes an item of which nothing was heard, and leaves one without audio alone', () => {
    const rig = speaking(dialect);
    rig.order({ type: 'cancelResponse' });
    rig.order({
      type: 'settleItems',
      heard: [heard('r3', 'i3', 0, 3200), heard('r3', 'silent', 0, 0)],
    });
    expect(rig.sent().slice(1)).toMatchObject([{ type: 'conversation.item.delete', item_id: 'i3' }]);
    expect(rig.told()).toEqual([
      {
        type: 'agent.said',
        itemId: 'i3',
        text: '',
        unheard: 'We are open from nine to five daily.',
        interrupted: true,
        heardMs: 0,
      },
    ]);
  });

  test('the model leg leaves, truncates and deletes the items of one response by what was heard of each', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.responseBegins('r4');
    for (const item of ['a', 'b', 'c']) {
      rig.words('r4', item, `Words of ${item}.`);
      rig.delta('r4', item, 1000);
      // Comes after the first audio of the next item (models of the 2.x family).
      if (item !== 'a') rig.says('response.output_audio.done', { response_id: 'r4', item_id: 'a' });
    }
    expect(rig.heardByPhone()).toEqual([
      'audio r4/a 1000',
      'end r4/a',
      'audio r4/b 1000',
      'end r4/b',
      'audio r4/c 1000',
    ]);
    rig.order({ type: 'cancelResponse' });
    rig.told();
    rig.order({
      type: 'settleItems',
      heard: [heard('r4', 'a', 1000, 1000, true), heard('r4', 'b', 950, 1000), heard('r4', 'c', 0, 1000)],
    });
    expect(rig.sent().slice(1)).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'b', audio_end_ms: 950 },
      { type: 'conversation.item.delete', item_id: 'c' },
    ]);
    expect(rig.told()).toEqual([
      { type: 'agent.said', itemId: 'a', text: 'Words of a.', interrupted: false, heardMs: 1000 },
      { type: 'agent.said', itemId: 'b', text: 'Words of b', interrupted: true, heardMs: 950 },
      {
        type: 'agent.said',
        itemId: 'c',
        text: '',
        unheard: 'Words of c.',
        interrupted: true,
        heardMs: 0,
      },
    ]);
  });

  test('the model leg sends a truncation once more when the response is done, after it was refused', () => {
    const rig = speaking(dialect);
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'settleItems', heard: [heard('r3', 'i3', 1640, 3200)] });
    const [, truncate] = rig.sent();
    rig.error('unsupported_content_type', truncate?.event_id);
    expect(rig.sent()).toEqual([]);
    rig.responseEnds('r3', 'cancelled');
    const again = first(rig.sent());
    expect(again).toMatchObject({ type: 'conversation.item.truncate', item_id: 'i3', audio_end_ms: 1640 });
    rig.error('unsupported_content_type', again.event_id);
    expect(rig.sent()).toEqual([]);
  });

  test('the model leg runs a tool and answers with one response', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.responseBegins('r5');
    rig.says('response.function_call_arguments.done', { call_id: 'c1', arguments: '{"day":"mo' });
    expect(rig.told()).toEqual([{ type: 'response.started', responseId: 'r5', purpose: 'reply' }]);
    rig.itemDone('r5', functionCall('f1', 'c1'));
    rig.responseEnds('r5', 'completed', { output: [functionCall('f1', 'c1')] });
    expect(rig.told()).toEqual([
      {
        type: 'tool.requested',
        request: { toolCallId: 'c1', name: 'book_appointment', argumentsJson: '{"day":"monday"}' },
      },
      {
        type: 'response.finished',
        responseId: 'r5',
        purpose: 'reply',
        outcome: { status: 'completed', hadAudio: false, audioMs: 0, toolCalls: 1 },
      },
    ]);
    expect(rig.heardByPhone()).toEqual([]);
    rig.order({ type: 'answerTool', toolCallId: 'c1', output: '{"booked":true}' });
    rig.order({ type: 'createResponse', purpose: 'toolAnswer' });
    expect(rig.sent()).toMatchObject([
      {
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'c1', output: '{"booked":true}' },
      },
      { type: 'response.create' },
    ]);
  });

  test('the model leg answers parallel tools with one response, after the last output', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.responseBegins('r5');
    rig.itemDone('r5', functionCall('f1', 'c1'));
    rig.itemDone('r5', functionCall('f2', 'c2'));
    rig.responseEnds('r5');
    rig.order({ type: 'answerTool', toolCallId: 'c2', output: '{}' });
    rig.order({ type: 'createResponse', purpose: 'toolAnswer' });
    expect(typesOf(rig.sent())).toEqual(['conversation.item.create']);
    rig.order({ type: 'answerTool', toolCallId: 'c1', output: '{}' });
    rig.order({ type: 'createResponse', purpose: 'toolAnswer' });
    expect(typesOf(rig.sent())).toEqual(['conversation.item.create', 'response.create']);
  });

  test('the model leg never runs a tool call that was cut off, and gives one that came too late an output', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.responseBegins('r5');
    rig.told();
    rig.itemDone('r5', functionCall('f1', 'c1', { status: 'incomplete', arguments: '{"da' }));
    rig.order({ type: 'cancelResponse' });
    rig.itemDone('r5', functionCall('f2', 'c2'));
    expect(rig.sent()).toMatchObject([
      { type: 'response.cancel', response_id: 'r5' },
      { type: 'conversation.item.create', item: { call_id: 'c2', output: '{"error":"cancelled"}' } },
    ]);
    rig.responseEnds('r5', 'cancelled');
    expect(rig.told()).toMatchObject([{ type: 'response.finished', outcome: { toolCalls: 0 } }]);
  });

  test('the model leg keeps audio that comes after the end of its item, and drops audio that comes after the response', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.responseBegins('r1');
    rig.delta('r1', 'i1', 100);
    rig.says('response.output_audio.done', { response_id: 'r1', item_id: 'i1' });
    rig.delta('r1', 'i1', 50);
    rig.responseEnds('r1');
    rig.delta('r1', 'i1', 30);
    expect(rig.heardByPhone()).toEqual(['audio r1/i1 100', 'audio r1/i1 50', 'end r1/i1', 'done r1']);
  });

  test('the model leg asks again when a response of the far end was in progress', () => {
    const rig = new ModelLegRig({ dialect }).configured();
    rig.order({ type: 'allowReplies', allowed: true });
    rig.order({ type: 'createResponse', purpose: 'goodbye' });
    const create = rig.sent().at(-1);
    rig.responseBegins('own');
    rig.error('conversation_already_has_active_response', create?.event_id);
    expect(rig.sent()).toEqual([]);
    rig.responseEnds('own');
    const again = first(rig.sent());
    expect(again.type).toBe('response.create');
    rig.responseBegins('r1', again);
    expect(rig.told().map((fact) => ('purpose' in fact ? fact.purpose : undefined))).toEqual([
      'reply',
      'reply',
      'goodbye',
    ]);
  });

  test('the model leg survives every race that the service calls an error', () => {
    const rig = speaking(dialect);
    for (const code of ['response_cancel_not_active', 'item_truncate_invalid_item_id', 'server_error']) {
      rig.error(code);
    }
    expect(rig.told()).toEqual([]);
    expect(rig.sent()).toEqual([]);
    expect(rig.socket.readyState).toBe(1);
    expect(JSON.stringify(rig.log)).not.toContain('secret words');
  });

  test('the model leg refuses a session whose formats are not those asked for', () => {
    const rig = new ModelLegRig({ dialect });
    rig.socket.open();
    rig.says('session.created');
    const wrong = { type: 'audio/pcm', rate: 24_000 };
    rig.says('session.updated', {
      session:
        dialect === 'ga'
          ? { audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: wrong } } }
          : { input_audio_format: 'g711_ulaw', output_audio_format: 'pcm16' },
    });
    expect(rig.told()).toMatchObject([
      { type: 'model.opened' },
      { type: 'model.refused', error: { code: 'MODEL_FORMAT' } },
    ]);
    expect(rig.socket.closedWith).toBe(1000);
  });
});
