import { describe, expect, test } from 'vitest';
import type { Answers } from '../../../src/simulator/realtime/answers.ts';
import type { RealtimeFaults } from '../../../src/simulator/realtime/faults.ts';
import { inOneDelta, saying } from '../../../src/simulator/realtime/scripted-answers.ts';
import { type SentEvent, SimulatedSession } from '../../support/simulated-session.ts';

/** A server that is told what to answer, with a client on its own thread that may answer every event at once. */

const AUDIO = Buffer.alloc(800, 0x55);
const hello: Answers = () => saying(inOneDelta('Hello.', AUDIO, 100));
const CREATE = { type: 'response.create' };
const CANCEL = { type: 'response.cancel' };

interface Client {
  readonly answers?: Answers;
  readonly faults?: RealtimeFaults;
  readonly answered?: (event: SentEvent) => SentEvent | undefined;
}

const start = ({ answers = hello, faults = {}, answered }: Client = {}) =>
  new SimulatedSession(faults, 'gpt-realtime-2.1', answers, answered);

/** Answers the first event of a type. */
function once(type: string, answer: SentEvent) {
  let isDone = false;
  return (event: SentEvent) => {
    if (isDone || event.type !== type) return undefined;
    isDone = true;
    return answer;
  };
}

describe('a scripted server', () => {
  test('a scripted server tells a whole response in the tick in which it is asked for, in the order of the service', () => {
    const session = start();
    session.sendText(JSON.stringify(CREATE));
    expect(session.types).toEqual([
      'session.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    expect(session.last('response.output_audio.delta')?.['delta']).toBe(AUDIO.toString('base64'));
  });

  test('a scripted server has room for the next response before it tells that one is done', () => {
    const session = start({ answered: once('response.done', CREATE) });
    session.sendText(JSON.stringify(CREATE));
    expect(session.refused).toBeUndefined();
    expect(session.all('response.done')).toHaveLength(2);
  });

  test('a scripted server refuses a second response while one is told, and the first one goes on', () => {
    const session = start({ answered: once('response.output_audio.delta', CREATE) });
    session.sendText(JSON.stringify(CREATE));
    expect(session.refused).toBe('conversation_already_has_active_response');
    expect(session.all('response.done')).toMatchObject([{ response: { status: 'completed' } }]);
  });

  test.each([
    ['before it has said anything', 'response.created'],
    ['when its item is added', 'response.output_item.added'],
    ['with its first words', 'response.output_audio_transcript.delta'],
    ['when its audio is done', 'response.output_audio.done'],
  ])('a scripted server that is told to cancel %s closes what it opened, and ends it once', (_, type) => {
    const session = start({ answered: once(type, CANCEL) });
    session.sendText(JSON.stringify(CREATE));
    expect(session.refused).toBeUndefined();
    const count = (name: string) => session.all(name).length;
    expect(count('response.output_item.done')).toBe(count('response.output_item.added'));
    expect(count('conversation.item.done')).toBe(count('conversation.item.added'));
    expect(session.all('response.done')).toMatchObject([{ response: { status: 'cancelled' } }]);
    expect(session.types.at(-2)).toBe('response.done');
  });

  test('a scripted server calls several functions in one response, under the ids of its script', () => {
    const calls = ['one', 'two'].map((callId) => ({ name: 'look', arguments: '{"at":1}', callId }));
    const session = start({ answers: () => ({ calls }) });
    session.sendText(JSON.stringify(CREATE));
    const output = calls.map(({ callId }) => ({
      type: 'function_call',
      call_id: callId,
      status: 'completed',
    }));
    expect(session.last('response.done')).toMatchObject({ response: { output } });
    for (const { callId: call_id } of calls)
      session.sendText(
        JSON.stringify({
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id, output: '' },
        }),
      );
    expect(session.refused).toBeUndefined();
  });

  test('a scripted server keeps to the limit of tokens, in sound and words', () => {
    const session = start({ answers: () => saying(inOneDelta('One two three four.', AUDIO, 100)) });
    session.sendText(JSON.stringify({ ...CREATE, response: { max_output_tokens: 1 } }));
    expect(session.last('response.done')).toMatchObject({
      response: { status: 'incomplete', status_details: { reason: 'max_output_tokens' } },
    });
    const delta = session.last('response.output_audio.delta')?.['delta'];
    expect(Buffer.from(String(delta), 'base64')).toHaveLength(400);
    expect(session.last('response.output_audio_transcript.done')).toMatchObject({ transcript: 'One two' });
  });

  test('a scripted server whose script fails ends the response as failed, and goes on', async () => {
    let asked = 0;
    const answers: Answers = (question) =>
      ++asked === 1 ? Promise.reject(new Error('no words')) : hello(question);
    const session = start({ answers });
    await session.send(CREATE, 1);
    expect(session.last('response.done')).toMatchObject({
      response: { status: 'failed', status_details: { error: { code: 'server_error' } } },
    });
    await session.send(CREATE, 1);
    expect(session.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });
});

describe('a caller in the hands of a script', () => {
  const TRANSCRIBED = {
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { transcription: { model: 'gpt-transcribe' } } } },
  };
  const heard = async () => {
    const session = start();
    await session.send(TRANSCRIBED);
    session.caller.starts(100, 'turn_1');
    session.caller.stops(900);
    return session;
  };
  const written = (session: SimulatedSession) =>
    session.last('conversation.item.input_audio_transcription.completed');

  test('a caller in the hands of a script has a turn under the id of the script, whose words come before the answer', async () => {
    const session = await heard();
    session.caller.ends('¿Está abierto?', ['es']);
    expect(written(session)).toMatchObject({
      item_id: 'turn_1',
      transcript: '¿Está abierto?',
      languages: ['es'],
    });
    const { types } = session;
    expect(types.indexOf('response.created')).toBeGreaterThan(types.indexOf(String(written(session)?.type)));
    expect(session.all('input_audio_buffer.committed')).toMatchObject([{ item_id: 'turn_1' }]);
  });

  test('a caller in the hands of a script is unclear where the recogniser fails', async () => {
    const session = await heard();
    session.caller.ends(Promise.reject(new Error('the thread has stopped')));
    await session.clock.run(1);
    expect(written(session)).toMatchObject({ item_id: 'turn_1', transcript: '[unclear]' });
  });
});

describe('faults of the wire', () => {
  const told = (faults: RealtimeFaults) => {
    const session = start({ faults });
    session.sendText(JSON.stringify(CREATE));
    return session;
  };

  test('faults of the wire: an event comes late, and others overtake it', async () => {
    const session = told({ frames: [{ type: 'response.done', count: 1, how: 'late', byMs: 50 }] });
    expect(session.types.at(-1)).toBe('rate_limits.updated');
    await session.clock.run(49);
    expect(session.all('response.done')).toHaveLength(0);
    await session.clock.run(1);
    expect(session.types.at(-1)).toBe('response.done');
  });

  test('faults of the wire: an event that is late does not come after the socket has gone', async () => {
    const session = told({ frames: [{ type: 'response.done', count: 1, how: 'late', byMs: 50 }] });
    session.close();
    await session.clock.run(100);
    expect(session.all('response.done')).toHaveLength(0);
    expect(session.clock.pending).toBe(0);
  });

  test('faults of the wire: an event comes twice, so many times', () => {
    const session = told({ frames: [{ type: 'response.created', count: 1, how: 'doubled' }] });
    session.sendText(JSON.stringify(CREATE));
    const ids = session.all('response.created').map((event) => event['event_id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(2);
  });

  test('faults of the wire: half of an event is no event', () => {
    const session = told({ frames: [{ type: 'response.output_item.added', count: 1, how: 'malformed' }] });
    expect(session.frames).toHaveLength(session.events.length + 1);
    expect(session.all('response.output_item.added')).toHaveLength(0);
    expect(session.all('response.done')).toHaveLength(1);
  });

  test('faults of the wire: the socket closes in place of an event', () => {
    const session = told({
      frames: [{ type: 'response.output_audio.delta', count: 1, how: 'closed', code: 1011 }],
    });
    expect(session.closedWith).toBe(1011);
    expect(session.all('response.output_audio.delta')).toHaveLength(0);
  });

  test('faults of the wire: an event of the client is refused, so many times, and has no effect', () => {
    const refuseEvents = { type: 'response.create', code: 'rate_limit_exceeded', count: 1 };
    const session = told({ refuseEvents });
    expect(session.refused).toBe('rate_limit_exceeded');
    expect(session.all('response.created')).toHaveLength(0);
    session.sendText(JSON.stringify(CREATE));
    expect(session.all('response.created')).toHaveLength(1);
  });
});
