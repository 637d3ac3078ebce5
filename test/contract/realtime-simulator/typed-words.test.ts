import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedSession } from '../../support/simulated-session.ts';

/** Words that were typed, on the one wire that takes them. */

let session: SimulatedSession;

beforeEach(async () => {
  session = new SimulatedSession();
  await session.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      audio: { input: { format: { type: 'audio/pcmu' }, transcription: { model: 'gpt-transcribe' } } },
    },
  });
});

afterEach(() => {
  session.close();
});

/** So many ms of audio are heard. */
const hear = (ms: number) =>
  session.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(8 * ms, 0xff).toString('base64') });
const typed = (text: string) => session.send({ type: 'simulator.typed', text });
const transcripts = () =>
  session.all('conversation.item.input_audio_transcription.completed').map(({ transcript }) => transcript);

test('typed words are those of the turn in which their audio is heard, and of no other', async () => {
  await hear(1000);
  await typed('Tell me, Zoë!');
  await typed('Where are you?');
  await hear(1000);
  session.speech.callerStarts(1000);
  // Typed before the detector has told of the end of the turn before.
  await hear(200);
  await typed('What are your opening hours?');
  session.speech.callerStops(2100, 'hello');
  await session.clock.run(0);
  session.speech.callerStarts(2300);
  session.speech.callerStops(4000, undefined);
  await session.clock.run(0);
  session.speech.callerStarts(5000);
  session.speech.callerStops(6000, 'hello');
  await session.clock.run(0);
  expect(transcripts()).toEqual(['Tell me, Zoë! Where are you?', 'What are your opening hours?', 'hello']);
  expect(session.refused).toBeUndefined();
});

test('nobody recognises what was typed', async () => {
  await typed('Where are you?');
  await hear(1000);
  session.speech.callerStarts(0);
  expect(session.speech.knowsWords).toBe(true);
  session.speech.callerStops(1000, 'hello');
  expect(session.speech).toMatchObject({ recognised: 0, knowsWords: false });
  session.speech.callerStarts(1500);
  session.speech.callerStops(2000, 'hello');
  expect(session.speech.recognised).toBe(1);
});

test('typed words are forgotten with the audio, and count for a turn that is ended from outside', async () => {
  await hear(200);
  await typed('forgotten');
  await session.send({ type: 'input_audio_buffer.clear' });
  await hear(200);
  await typed('kept');
  await hear(200);
  await session.send({ type: 'input_audio_buffer.commit' });
  await session.clock.run(0);
  expect(transcripts()).toEqual(['kept']);
});

test('typed words are nothing that the service knows: written otherwise they are refused as it would', async () => {
  await session.send({ text: 'Zoë', type: 'simulator.typed' });
  expect(session.refused).toBe('invalid_value');
});
