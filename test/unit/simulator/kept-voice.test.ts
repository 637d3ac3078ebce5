import { expect, test } from 'vitest';
import type { Speech } from '../../../src/simulator/speech/speech.ts';
import { KeptVoice } from '../../../src/simulator/speech/kept-voice.ts';

const MANNER = { voice: 'slt' } as const;

/** A voice whose sentences are as long as their words, and what it was asked to say. */
function voiceThatIsAsked(): { voice: Pick<Speech, 'say'>; asked: string[] } {
  const asked: string[] = [];
  const say: Speech['say'] = (text, { voice }, format) => {
    asked.push([text, voice, format].join(' '));
    return text === 'fail' ? Promise.reject(new Error('no voice')) : Promise.resolve(Buffer.from(text));
  };
  return { voice: { say }, asked };
}

test('a sentence is spoken once for all who ask for it, at the same time or later', async () => {
  const { voice, asked } = voiceThatIsAsked();
  const kept = new KeptVoice(voice);
  const both = await Promise.all([
    kept.say('Hello.', MANNER, 'audio/pcmu'),
    kept.say('Hello.', MANNER, 'audio/pcmu'),
  ]);
  expect([...both, await kept.say('Hello.', MANNER, 'audio/pcmu')].map(String)).toEqual(
    Array<string>(3).fill('Hello.'),
  );
  expect(asked).toEqual(['Hello. slt audio/pcmu']);
});

test('the same words in another voice or another format are another sentence', async () => {
  const { voice, asked } = voiceThatIsAsked();
  const kept = new KeptVoice(voice);
  await kept.say('Hello.', MANNER, 'audio/pcmu');
  await kept.say('Hello.', { voice: 'rms' }, 'audio/pcmu');
  await kept.say('Hello.', MANNER, 'audio/pcm');
  expect(asked).toEqual(['Hello. slt audio/pcmu', 'Hello. rms audio/pcmu', 'Hello. slt audio/pcm']);
});

test('the sentence that nobody has wanted for longest is forgotten first, and one that failed is not kept', async () => {
  const { voice, asked } = voiceThatIsAsked();
  const kept = new KeptVoice(voice, 8);
  for (const text of ['one.', 'two.', 'one.', 'six.', 'one.', 'two.'])
    await kept.say(text, MANNER, 'audio/pcmu');
  for (let times = 0; times < 2; times++)
    await expect(kept.say('fail', MANNER, 'audio/pcmu')).rejects.toThrow('no voice');
  expect(asked.map((each) => each.split(' ')[0])).toEqual(['one.', 'two.', 'six.', 'two.', 'fail', 'fail']);
});
