import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { ClientEvent } from '../../../src/protocol/realtime-client-events.ts';
import { readServerEvent } from '../../../src/protocol/realtime-server-events.ts';

const message = (role: string, content: object) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [content] },
});

describe('a client event', () => {
  test.each([
    ['a session', { type: 'session.update', session: { type: 'realtime' } }],
    [
      'a turn detection of none',
      { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } },
    ],
    ['an append', { type: 'input_audio_buffer.append', audio: 'AAAA' }],
    ['a commit', { type: 'input_audio_buffer.commit', event_id: 'e1' }],
    ['words of the agent', message('assistant', { type: 'output_text', text: 'Hello.' })],
    [
      'a truncation',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: 1640 },
    ],
    ['a response', { type: 'response.create' }],
    [
      'a response beside the conversation',
      { type: 'response.create', response: { conversation: 'none', input: [], metadata: { a: 'b' } } },
    ],
  ])('a client event may be %s', (_, event) => {
    expect(ClientEvent.safeParse(event).error).toBeUndefined();
  });

  test.each([
    ['a session of the beta wire', { type: 'session.update', session: { type: 'realtime', voice: 'marin' } }],
    ['a session without its type', { type: 'session.update', session: {} }],
    [
      'another rate of PCM',
      {
        type: 'session.update',
        session: { type: 'realtime', audio: { input: { format: { type: 'audio/pcm', rate: 8000 } } } },
      },
    ],
    [
      'text and audio together',
      { type: 'session.update', session: { type: 'realtime', output_modalities: ['text', 'audio'] } },
    ],
    [
      'a tool with a space in its name',
      {
        type: 'session.update',
        session: { type: 'realtime', tools: [{ type: 'function', name: 'end call' }] },
      },
    ],
    ['more tokens than there are', { type: 'response.create', response: { max_output_tokens: 5000 } }],
    ['audio that is not base64', { type: 'input_audio_buffer.append', audio: 'AA*A' }],
    ['audio of the agent', message('assistant', { type: 'output_audio', audio: 'AAAA' })],
    [
      'a fraction of a millisecond',
      { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: 1.5 },
    ],
    [
      'an id of 33 letters',
      {
        type: 'conversation.item.create',
        item: { id: 'x'.repeat(33), type: 'function_call_output', call_id: 'c', output: '' },
      },
    ],
    ['a long event id', { type: 'input_audio_buffer.clear', event_id: 'x'.repeat(513) }],
    [
      'seventeen pairs of metadata',
      {
        type: 'response.create',
        response: { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [String(at), ''])) },
      },
    ],
    ['an event that WebSockets do not have', { type: 'output_audio_buffer.clear' }],
  ])('a client event may not be %s', (_, event) => {
    expect(ClientEvent.safeParse(event).success).toBe(false);
  });
});

describe('a server event', () => {
  test('a server event is read with the fields that the engine needs, and keeps the fields that it does not know', () => {
    expect(readServerEvent('{"type":"input_audio_buffer.committed","item_id":"u1","new":1}')).toEqual({
      type: 'input_audio_buffer.committed',
      item_id: 'u1',
      new: 1,
    });
  });

  test.each(['rate_limits.updated', 'response.of_tomorrow', 'toString'])(
    'a server event of type %s is not acted on',
    (type) => {
      expect(readServerEvent(JSON.stringify({ type }))).toBeUndefined();
    },
  );

  test('a server event keeps its response when only its usage cannot be read', () => {
    const text = JSON.stringify({
      type: 'response.done',
      response: { id: 'r1', usage: { input_token_details: 7 } },
    });
    expect(readServerEvent(text)).toMatchObject({ response: { id: 'r1' } });
  });

  test.each([
    ['no JSON', 'my secret'],
    ['no object', '"my secret"'],
    ['no type', '{"secret":1}'],
    ['a field missing', '{"type":"response.done","response":{"secret":1}}'],
  ])('a server event with %s is malformed, and its error holds nothing of it', (_, text) => {
    const read = () => readServerEvent(text);
    expect(read).toThrow(EngineError);
    expect(read).toThrow(/MODEL_MALFORMED|cannot be read/);
    expect(read).not.toThrow(/secret/);
  });
});
