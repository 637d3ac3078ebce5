import { describe, expect, test } from 'vitest';
import { SimulatedSession } from '../../support/simulated-session.ts';

const STORY = 'tell me a story';

describe('what the service does now and then', () => {
  test('the simulated service ends the first of two audio items after the second has begun', async () => {
    const session = new SimulatedSession({ lateAudioDone: true });
    await session.ask(STORY);
    const ids = new Set(session.all('response.output_audio.delta').map((event) => event['item_id']));
    const [first, second] = [...ids];
    expect(ids.size).toBe(2);
    const at = (type: string, id: unknown) =>
      session.events.findIndex((event) => event.type === type && event['item_id'] === id);
    expect(at('response.output_audio.done', first)).toBe(at('response.output_audio.delta', second) + 1);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });

  test('the simulated service counts its audio shorter than what it sent', async () => {
    const session = new SimulatedSession({ shorterByMs: 85 });
    await session.ask('thank you');
    const item_id = session.last('response.output_audio.delta')?.['item_id'];
    const sentMs = session.all('response.output_audio.delta').reduce((ms, { delta }) => {
      return ms + Buffer.from(String(delta), 'base64').length / 48;
    }, 0);
    const truncate = { type: 'conversation.item.truncate', item_id, content_index: 0 };
    await session.send({ ...truncate, audio_end_ms: Math.floor(sentMs) - 84 });
    expect(session.refused).toBe('invalid_value');
    await session.send({ ...truncate, audio_end_ms: Math.floor(sentMs) - 85 });
    expect(session.all('conversation.item.truncated')).toHaveLength(1);
  });

  test('the simulated service fails so many responses, and frees their place', async () => {
    const session = new SimulatedSession({
      failResponses: { count: 1, code: 'inference_rate_limit_exceeded' },
    });
    await session.ask('hello');
    expect(session.last('response.done')).toMatchObject({
      response: {
        status: 'failed',
        output: [],
        status_details: { type: 'failed', error: { code: 'inference_rate_limit_exceeded' } },
      },
    });
    await session.send({ type: 'response.create' }, 60_000);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });

  test('the simulated service tells the conversation before the response', async () => {
    const order = async (faults: { conversationFirst?: boolean }) => {
      const session = new SimulatedSession(faults);
      await session.send({ type: 'response.create' }, 60_000);
      const { types } = session;
      return types.indexOf('conversation.item.added') < types.indexOf('response.output_item.added');
    };
    expect(await order({ conversationFirst: true })).toBe(true);
    expect(await order({})).toBe(false);
  });

  test('the simulated service thinks before it speaks', async () => {
    const session = new SimulatedSession({ firstAudioAfterMs: 700 });
    await session.send({ type: 'response.create' }, 699);
    expect(session.all('response.output_audio.delta')).toHaveLength(0);
    await session.clock.run(1);
    expect(session.all('response.output_audio.delta')).not.toHaveLength(0);
  });

  test('the simulated service makes audio some four times faster than it is heard', async () => {
    const session = new SimulatedSession();
    await session.ask(STORY, 1000);
    const ms = session.all('response.output_audio.delta').reduce((sum, { delta }) => {
      return sum + Buffer.from(String(delta), 'base64').length / 48;
    }, 0);
    expect(ms).toBeGreaterThan(3500);
    expect(ms).toBeLessThan(5000);
  });

  test('the simulated service cuts a reply at its limit of tokens, and says so', async () => {
    const session = new SimulatedSession();
    await session.type(STORY);
    await session.send({ type: 'response.create', response: { max_output_tokens: 20 } }, 60_000);
    expect(session.last('response.done')).toMatchObject({
      response: { status: 'incomplete', status_details: { reason: 'max_output_tokens' } },
    });
  });

  test('the simulated service ends after an hour, with an error and close code 1001', async () => {
    const session = new SimulatedSession();
    await session.clock.run(3_599_999);
    expect(session.closedWith).toBeUndefined();
    await session.clock.run(1);
    expect(session.refused).toBe('session_expired');
    expect(session.closedWith).toBe(1001);
  });

  test('the simulated service speaks up when the caller has been silent for long', async () => {
    const session = new SimulatedSession();
    const turn_detection = { type: 'server_vad', idle_timeout_ms: 5000 };
    await session.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection } } },
    });
    await session.send({ type: 'response.create' }, 0);
    await session.clock.run(12_000);
    expect(session.all('input_audio_buffer.timeout_triggered')).toHaveLength(1);
    expect(session.all('response.created')).toHaveLength(2);
  });

  test('the simulated service leaves no timer behind when the socket is gone', async () => {
    const session = new SimulatedSession();
    await session.ask(STORY, 500);
    session.close();
    await session.clock.run(0);
    expect(session.clock.pending).toBe(0);
  });
});

describe('turns of the caller', () => {
  const start = async (detection: object) => {
    const session = new SimulatedSession();
    const turn_detection = { type: 'server_vad', ...detection };
    await session.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection } } },
    });
    await session.ask(STORY, 200);
    session.speech.callerStarts(100);
    await session.clock.run(10);
    return session;
  };

  test('turns of the caller cancel the response under way, with the deltas in flight before its end', async () => {
    const session = await start({});
    expect(session.last('response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'turn_detected' } },
    });
    const { types } = session;
    const after = types.slice(types.indexOf('input_audio_buffer.speech_started') + 1);
    expect(after.filter((type) => type === 'response.output_audio.delta').length).toBeGreaterThan(0);
    expect(after.slice(-7)).toEqual([
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    session.speech.callerStops(900, 'yes');
    await session.clock.run(60_000);
    expect(session.all('response.created')).toHaveLength(2);
  });

  test('turns of the caller leave the response under way alone, and get no reply, where the client owns them', async () => {
    const session = await start({ interrupt_response: false, create_response: false });
    session.speech.callerStops(900, 'yes');
    await session.clock.run(60_000);
    expect(session.all('response.created')).toHaveLength(1);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'completed' } });
    expect(session.all('input_audio_buffer.committed')).toHaveLength(1);
  });

  test('turns of the caller are answered when they are asked for again after an answer that was cancelled before its first sound', async () => {
    const session = new SimulatedSession({ firstAudioAfterMs: 0 });
    const { say } = session.speech;
    // The voice is slow, and the client loses its patience.
    session.speech.say = () => new Promise(() => undefined);
    await session.ask('hello', 1000);
    await session.send({ type: 'response.cancel' }, 1000);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'cancelled' } });
    session.speech.say = say;
    await session.send({ type: 'response.create' }, 60_000);
    expect(session.last('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'Hello. How can I help you?',
    });
  });

  test('turns of the caller that hold no sentence of the scenario are asked for again', async () => {
    const session = new SimulatedSession();
    session.speech.callerStarts(100);
    session.speech.callerStops(900, undefined);
    await session.clock.run(60_000);
    expect(session.last('response.output_audio_transcript.done')).toMatchObject({
      transcript: 'Sorry, I did not catch that.',
    });
  });
});
