import { describe, expect, test } from 'vitest';
import type { FunctionTool } from '../../../src/protocol/realtime-session.ts';
import { type SentEvent, SimulatedSession } from '../../support/simulated-session.ts';
import { ToneSpeech } from '../../support/tone-speech.ts';

const update = (session: object) => ({ type: 'session.update', session: { type: 'realtime', ...session } });
const create = (response: object) => ({ type: 'response.create', response });
const refusalOf = (session: SimulatedSession) => session.last('error')?.['error'];

const TOOLS: FunctionTool[] = [
  { type: 'function', name: 'check_availability', parameters: { type: 'object', properties: {} } },
  {
    type: 'function',
    name: 'look_up',
    parameters: {
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['order', 'guest'] },
        number: { type: 'integer', minimum: 3 },
        note: { type: 'string' },
      },
      required: ['kind', 'number'],
      additionalProperties: false,
    },
  },
];

describe('a value that the service does not have is refused with its place', () => {
  const cases: readonly [what: string, event: SentEvent, code: string, param: string][] = [
    [
      'a voice of the session',
      update({ audio: { output: { voice: 'nova' } } }),
      'invalid_value',
      'session.audio.output.voice',
    ],
    [
      'a voice of a response',
      create({ audio: { output: { voice: 'nova' } } }),
      'invalid_value',
      'response.audio.output.voice',
    ],
    [
      'a voice of a customer',
      create({ audio: { output: { voice: { id: 'nova' } } } }),
      'invalid_value',
      'response.audio.output.voice',
    ],
    [
      'an item that is referred to',
      create({
        input: [
          { type: 'message', role: 'user', content: [] },
          { type: 'item_reference', id: 'item_9' },
        ],
      }),
      'item_not_found',
      'response.input[1].id',
    ],
    ['a model', update({ model: 'gpt-realtime-9' }), 'invalid_value', 'session.model'],
    [
      'a tool that must be called',
      update({ tool_choice: 'required' }),
      'invalid_value',
      'session.tool_choice',
    ],
    [
      'a tool that is named',
      create({ tools: TOOLS, tool_choice: { type: 'function', name: 'book' } }),
      'invalid_value',
      'response.tool_choice',
    ],
    [
      'a tool without a name that may be one',
      update({ tools: [{ type: 'function', name: 'look up' }] }),
      'invalid_value',
      'session.tools[0].name',
    ],
  ];

  test.each(cases)(
    'a value that the service does not have is refused with its place: %s',
    async (_what, event, code, param) => {
      const session = new SimulatedSession();
      await session.send({ ...event, event_id: 'mine' }, 1000);
      expect(refusalOf(session)).toMatchObject({
        type: 'invalid_request_error',
        code,
        param,
        event_id: 'mine',
      });
      expect(session.all('response.created')).toEqual([]);
      expect(session.all('session.updated')).toEqual([]);
    },
  );

  test('a speed is refused while a response is under way, and taken between two', async () => {
    const session = new SimulatedSession();
    const faster = update({ audio: { output: { speed: 1.25 } } });
    await session.ask('hello', 50);
    await session.send(faster);
    expect(refusalOf(session)).toMatchObject({ code: 'invalid_value', param: 'session.audio.output.speed' });
    await session.send(update({ audio: { output: { speed: 1 } } }));
    expect(session.all('session.updated')).toHaveLength(1);
    await session.clock.run(60_000);
    await session.send(faster);
    expect(session.last('session.updated')).toMatchObject({
      session: { audio: { output: { speed: 1.25 } } },
    });
  });
});

describe('a limit of tokens', () => {
  test('a limit of tokens cuts the words where it cuts the audio', async () => {
    const session = new SimulatedSession();
    const sentence = 'We are open from nine to five on every day but Sunday.';
    const response = { instructions: `Say exactly: "${sentence}"`, max_output_tokens: 20 };
    await session.send(create(response), 60_000);
    const words = session.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
    const audio = session
      .all('response.output_audio.delta')
      .reduce((sum, { delta }) => sum + Buffer.from(String(delta), 'base64').length, 0);
    expect(audio / 48).toBeCloseTo(1000, 0);
    const said = words.join('');
    expect(session.last('response.output_audio_transcript.done')).toMatchObject({ transcript: said });
    expect(sentence.startsWith(said)).toBe(true);
    // What was said takes no longer than there is audio, and with the next word it would.
    const msOf = (text: string) => text.length * ToneSpeech.MS_PER_LETTER;
    const next = sentence.slice(said.length).trim().split(' ')[0] ?? '';
    expect(msOf(said)).toBeLessThanOrEqual(1000);
    expect(msOf(`${said} ${next}`)).toBeGreaterThan(700);
    expect(said).not.toBe('');
    expect(session.last('response.done')).toMatchObject({
      response: { status: 'incomplete', status_details: { reason: 'max_output_tokens' } },
    });
  });
});

describe('a tool that must be called', () => {
  const callOf = (session: SimulatedSession) => {
    const done = session.last('response.function_call_arguments.done');
    return { name: done?.['name'], given: JSON.parse(String(done?.['arguments'])) as unknown };
  };

  test('a tool that must be called is called whatever the caller said, with what its schema requires', async () => {
    const session = new SimulatedSession();
    await session.type('hello');
    await session.send(create({ tools: TOOLS.slice(1), tool_choice: 'required' }), 60_000);
    expect(callOf(session)).toEqual({ name: 'look_up', given: { kind: 'order', number: 3 } });
    expect(session.all('response.output_audio.delta')).toEqual([]);
  });

  test('a tool that must be called is the one that is named, by the session or by the response', async () => {
    const session = new SimulatedSession();
    const named = { type: 'function', name: 'look_up' };
    await session.send(update({ tools: TOOLS, tool_choice: named }));
    await session.ask('do you have time tomorrow');
    expect(callOf(session).name).toBe('look_up');
    await session.send(create({ tool_choice: { type: 'function', name: 'check_availability' } }), 60_000);
    expect(callOf(session).name).toBe('check_availability');
  });

  test('a tool that must be called is not called where no tool may be', async () => {
    const session = new SimulatedSession();
    await session.send(update({ tools: TOOLS, tool_choice: 'required' }));
    await session.type('hello');
    await session.send(create({ tool_choice: 'none' }), 60_000);
    expect(session.all('response.function_call_arguments.done')).toEqual([]);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });
});

describe('A-law', () => {
  test('A-law is spoken and echoed, a byte for each of 8000 samples a second', async () => {
    const session = new SimulatedSession();
    const format = { type: 'audio/pcma' };
    await session.send(update({ audio: { input: { format }, output: { format } } }));
    expect(session.last('session.updated')).toMatchObject({
      session: { audio: { input: { format }, output: { format } } },
    });
    await session.send(create({ instructions: 'Say exactly: "Good day."' }), 60_000);
    const audio = session
      .all('response.output_audio.delta')
      .reduce((sum, { delta }) => sum + Buffer.from(String(delta), 'base64').length, 0);
    expect(audio / 8).toBe('Good day.'.length * ToneSpeech.MS_PER_LETTER);
  });
});
