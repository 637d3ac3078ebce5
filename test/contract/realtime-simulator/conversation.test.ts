import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { decodeMuLaw } from '../../../src/media/g711.ts';
import type { RealtimeServer } from '../../../src/simulator/realtime/server.ts';
import { startRealtimeSimulator } from '../../../src/simulator/realtime/simulator.ts';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { grammarOf } from '../../../src/simulator/scenario-grammar.ts';
import { SpeechPool } from '../../../src/simulator/speech/speech-pool.ts';
import { RealtimeClient } from '../../support/realtime-client.ts';

const TOOLS = ['check_availability', 'book_appointment', 'end_call'].map((name) => ({
  type: 'function' as const,
  name,
  description: name,
  parameters: {
    type: 'object',
    properties: { date: { type: 'string' }, time: { type: 'string' }, name: { type: 'string' } },
  },
}));

let speech: SpeechPool;
let simulator: RealtimeServer;
let client: RealtimeClient;

beforeAll(async () => {
  const scenario = readScenario();
  speech = await SpeechPool.start(grammarOf(scenario));
  simulator = await startRealtimeSimulator({ speech, scenario, clock: systemClock });
}, 60_000);

afterAll(async () => {
  await simulator.close();
  await speech.close();
});

/** A session on the telephone's terms. */
async function configured(): Promise<RealtimeClient> {
  const session = new RealtimeClient(simulator.url);
  await session.next('session.created');
  session.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      instructions:
        'You are the receptionist of a clinic in America/New_York.\n- Opening hours: mon, tue 09:00 to 17:00',
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          transcription: { model: 'gpt-transcribe' },
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
      },
      tools: TOOLS,
    },
  });
  await session.next('session.updated');
  return session;
}

beforeEach(async () => {
  client = await configured();
});

afterEach(() => {
  client.close();
});

/** Says a sentence as a caller: 300 ms of silence, the words, silence until the turn ends; frame by frame, unpaced. */
async function say(text: string, into: RealtimeClient): Promise<void> {
  const words = await speech.say(text, { voice: 'rms' }, 'audio/pcmu');
  const audio = Buffer.concat([Buffer.alloc(2400, 0xff), words, Buffer.alloc(7200, 0xff)]);
  for (let at = 0; at < audio.length; at += 160) {
    into.send({ type: 'input_audio_buffer.append', audio: audio.toString('base64', at, at + 160) });
  }
}

/** Root mean square of mu-law audio, of 32768. */
function loudness(audio: Uint8Array): number {
  const samples = decodeMuLaw(audio);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('a session held by the official client', () => {
  test('a session held by the official client is created first, and echoes what it was told to be', async () => {
    expect(client.events[0]?.type).toBe('session.created');
    const { session } = await client.next('session.updated');
    expect(session).toMatchObject({
      audio: {
        input: { format: { type: 'audio/pcmu' }, turn_detection: { silence_duration_ms: 500 } },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
      },
    });
  });

  test('a session held by the official client says a greeting word for word, in the order of the reference', async () => {
    const from = client.now;
    const done = await client.respond({
      instructions: 'Greet the caller. Say exactly: "Hi, this is Acme, hello!"',
    });
    expect(done.response).toMatchObject({ status: 'completed', usage: { output_token_details: {} } });
    const { transcript } = await client.next('response.output_audio_transcript.done', from);
    expect(transcript).toBe('Hi, this is Acme, hello!');
    const spoken = client.order(from).filter((type) => !type.endsWith('.delta'));
    expect(spoken.slice(0, 10)).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ]);
    expect(loudness(client.audio(from))).toBeGreaterThan(500);
    expect(client.audio(from).length / 8).toBeGreaterThan(1000);
  });

  test('a session held by the official client hears a caller, writes down the exact words and answers them', async () => {
    const from = client.now;
    await say('What are your opening hours', client);
    const { transcript } = await client.next('conversation.item.input_audio_transcription.completed', from);
    expect(transcript).toBe('what are your opening hours');
    const answer = await client.next('response.output_audio_transcript.done', from);
    expect(answer.transcript).toBe('We are open Monday and Tuesday from 9 AM to 5 PM.');
    await client.next('response.done', from);
    expect(loudness(client.audio(from))).toBeGreaterThan(500);

    const turn = ['speech_started', 'speech_stopped', 'committed'].map(
      (word) => `input_audio_buffer.${word}`,
    );
    const order = client.order(from);
    expect(order.slice(0, 6)).toEqual([
      ...turn,
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ]);
    const ids = client.events
      .slice(from, from + 5)
      .map((event) => ('item_id' in event ? event.item_id : undefined));
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
  });

  test('a session held by the official client calls functions with what the caller said, and goes on with their output', async () => {
    const from = client.now;
    await say('I would like to book an appointment for Tuesday at three thirty', client);
    const first = await client.next('response.done', from);
    expect(first.response.output).toMatchObject([
      { type: 'message', role: 'assistant' },
      { type: 'function_call', name: 'check_availability', status: 'completed' },
    ]);
    const call = first.response.output?.[1];
    if (call?.type !== 'function_call') throw new Error('no call');
    expect(call.arguments).toMatch(/^\{"date":"\d{4}-\d\d-\d\d","time":"15:30"\}$/);

    const answer = (callId: string, output: string) => {
      client.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: callId, output },
      });
    };
    answer(call.call_id ?? '', '{"status":"ok","result":{"isFree":true}}');
    const second = await client.respond();
    const booking = second.response.output?.[0];
    if (booking?.type !== 'function_call') throw new Error('no second call');
    expect(booking.name).toBe('book_appointment');

    answer(
      booking.call_id ?? '',
      '{"status":"refused","error":"TOOL_REFUSED","reason":"That time was just taken.","result":{"free":[{"spoken":"ten o\'clock"}]}}',
    );
    const asked = client.now;
    await client.respond();
    expect((await client.next('response.output_audio_transcript.done', asked)).transcript).toBe(
      "I am sorry. That time was just taken. I have ten o'clock. Which of these would suit you?",
    );
  });

  test('a session held by the official client is interrupted by the caller, and forgets what was not heard', async () => {
    client.type('tell me a story');
    const from = client.now;
    client.send({ type: 'response.create' });
    const delta = await client.next('response.output_audio.delta', from);
    await say('Stop please', client);
    const { response } = await client.next('response.done', from);
    expect(response).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' } });
    expect(response.output?.[0]).toMatchObject({ status: 'incomplete' });
    const { transcript } = await client.next('response.output_audio_transcript.done', from);
    expect(transcript.length).toBeLessThan(300);

    const cut = client.now;
    client.send({
      type: 'conversation.item.truncate',
      item_id: delta.item_id,
      content_index: 0,
      audio_end_ms: 500,
    });
    expect(await client.next('conversation.item.truncated', cut)).toMatchObject({ audio_end_ms: 500 });
    client.send({
      type: 'conversation.item.truncate',
      item_id: delta.item_id,
      content_index: 0,
      audio_end_ms: 501,
    });
    expect((await client.next('error', cut)).error).toMatchObject({
      code: 'invalid_value',
      message: 'Audio content of 500ms is already shorter than 501ms',
    });
  });

  test('a session held by the official client cancels on request: deltas in flight, the done events, then the slot is free', async () => {
    client.type('tell me a story');
    const from = client.now;
    client.send({ type: 'response.create' });
    const { response_id: id } = await client.next('response.output_audio.delta', from);
    client.send({ type: 'response.create', event_id: 'second' });
    expect((await client.next('error', from)).error).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'second',
    });
    client.send({ type: 'response.cancel', response_id: id });
    const { response } = await client.next('response.done', from);
    expect(response.status_details).toMatchObject({ type: 'cancelled', reason: 'client_cancelled' });
    const late = client.now;
    client.send({ type: 'response.cancel' });
    expect((await client.next('error', late)).error.code).toBe('response_cancel_not_active');
    expect((await client.respond({ instructions: 'Say exactly: "Yes."' })).response.status).toBe('completed');
  });

  test('a session held by the official client speaks PCM at 24 kHz where it is asked to', async () => {
    const pcm = { type: 'audio/pcm', rate: 24_000 } as const;
    client.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { output: { format: pcm } } },
    });
    await client.respond({ instructions: 'Say exactly: "Good morning."' });
    const audio = client.audio();
    const samples = Array.from({ length: audio.length >> 1 }, (_, i) => audio.readInt16LE(2 * i));
    expect(samples.length / 24_000).toBeGreaterThan(0.5);
    expect(samples.length / 24_000).toBeLessThan(2);
    expect(Math.max(...samples)).toBeGreaterThan(3000);
  });

  test('a session held by the official client understands typed keys as it understands words', async () => {
    client.type('[keypad] 4821');
    const from = client.now;
    await client.respond();
    const { transcript } = await client.next('response.output_audio_transcript.done', from);
    expect(transcript).toBe('You pressed four eight two one.');
  });
});
