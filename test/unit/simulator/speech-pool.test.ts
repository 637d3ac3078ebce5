import { afterAll, beforeAll, expect, test } from 'vitest';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { grammarOf } from '../../../src/simulator/scenario-grammar.ts';
import type { Hearing } from '../../../src/simulator/speech/speech-messages.ts';
import type { OpenEar } from '../../../src/simulator/speech/speech.ts';
import { SpeechPool } from '../../../src/simulator/speech/speech-pool.ts';
import { readFileSync } from 'node:fs';

const RECORDINGS = new URL('../../../assets/recordings/', import.meta.url);
const HEARING: Hearing = {
  format: 'audio/pcmu',
  detection: { threshold: 0.5, prefixMs: 300, silenceMs: 500 },
};

let pool: SpeechPool;

beforeAll(async () => {
  pool = await SpeechPool.start(grammarOf(readScenario()));
}, 60_000);

afterAll(() => pool.close());

/** Plays mu-law audio to an ear, frame by frame, with silence around it. */
function listenTo(
  audio: Uint8Array,
  knowsWords: boolean,
  stopped: (words: () => Promise<string | undefined>) => void,
): OpenEar {
  const silence = Buffer.alloc(4000, 0xff);
  const all = Buffer.concat([silence, audio, silence, silence]);
  const ear = pool.listen(HEARING, {
    started: () => undefined,
    knowsWords: () => knowsWords,
    stopped: (_, words) => {
      stopped(words);
    },
  });
  for (let at = 0; at < all.length; at += 160) ear.hear(all.toString('base64', at, at + 160));
  return ear;
}

/** Waits for the words of its one turn. */
function hear(audio: Uint8Array): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const ear = listenTo(audio, false, (words) => {
      ear.close();
      words().then(resolve, reject);
    });
  });
}

test('people are heard word for word, all at once, each as one turn', async () => {
  const list = JSON.parse(readFileSync(new URL('transcripts.json', RECORDINGS), 'utf8')) as {
    file: string;
    text: string;
  }[];
  const heard = await Promise.all(list.map(({ file }) => hear(readFileSync(new URL(file, RECORDINGS)))));
  expect(heard).toEqual(list.map(({ text }) => text));
}, 60_000);

test('words that are known otherwise are recognised when somebody asks for them, and not before', async () => {
  const audio = await pool.say('Thank you very much', { voice: 'rms' }, 'audio/pcmu');
  const order = async (knowsWords: boolean) => {
    const done: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const ear = listenTo(audio, knowsWords, (words) => {
        ear.close();
        // One thread does both, one after the other.
        const said = pool.say('Hello.', { voice: 'rms' }, 'audio/pcmu').then(() => done.push('said'));
        const heard = words().then((text) => done.push(String(text)));
        Promise.all([said, heard]).then(() => {
          resolve();
        }, reject);
      });
    });
    return done;
  };
  expect(await order(false)).toEqual(['thank you very much', 'said']);
  expect(await order(true)).toEqual(['said', 'thank you very much']);
}, 20_000);

test('speech is the same on every run, in both formats', async () => {
  const say = (format: 'audio/pcmu' | 'audio/pcm') => pool.say('Good morning.', { voice: 'awb' }, format);
  const [once, again, wide] = await Promise.all([say('audio/pcmu'), say('audio/pcmu'), say('audio/pcm')]);
  expect(Buffer.compare(once, again)).toBe(0);
  expect(wide.length / 48).toBeCloseTo(once.length / 8, -1);
});

test('nothing to say is no audio', async () => {
  expect(await pool.say('…', { voice: 'slt' }, 'audio/pcmu')).toHaveLength(0);
});

test('a turn that is taken gives its words, and what is cleared gives none', async () => {
  const words = Buffer.from(await pool.say('Thank you very much', { voice: 'rms' }, 'audio/pcmu')).toString(
    'base64',
  );
  const ear = pool.listen(
    { format: 'audio/pcmu', detection: undefined },
    { started: () => undefined, knowsWords: () => false, stopped: () => undefined },
  );
  ear.hear(words);
  expect(await ear.take()).toBe('thank you very much');
  ear.hear(words);
  ear.clear();
  expect(await ear.take()).toBeUndefined();
  ear.close();
}, 20_000);

test('what is asked of a pool that is closed fails by its name', async () => {
  const other = await SpeechPool.start(grammarOf(readScenario()));
  const late = other.say('Hello.', { voice: 'slt' }, 'audio/pcmu');
  const closed = other.close();
  await expect(late).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  await expect(other.say('Hello.', { voice: 'slt' }, 'audio/pcmu')).rejects.toMatchObject({
    code: 'SPEECH_UNAVAILABLE',
  });
  await closed;
}, 30_000);

test('a grammar that cannot be read is told, and no thread is left', async () => {
  await expect(SpeechPool.start({ jsgf: 'nonsense', words: [] })).rejects.toMatchObject({
    code: 'SPEECH_UNAVAILABLE',
  });
}, 30_000);
