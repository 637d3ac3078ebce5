import { parentPort, workerData } from 'node:worker_threads';
import { noteOf } from '../../errors.ts';
import { encodeALaw } from '../../media/a-law.ts';
import { encodeMuLaw } from '../../media/g711.ts';
import { Resampler } from '../../media/resampler.ts';
import type { Grammar } from '../scenario-grammar.ts';
import { Ear } from './ear.ts';
import { FLITE_RATE, loadFlite, type Manner } from './flite.ts';
import { loadRecogniser } from './recogniser.ts';
import { sileroModel } from './silero.ts';
import { readSileroWeights } from './silero-weights.ts';
import type { EarOrder, FromThread, SpeechFormat, SpeechTask, ToThread } from './speech-messages.ts';

/**
 * A speech thread. Parts are loaded when they are first needed, so that a
 * thread which only listens holds neither voice nor recogniser.
 */

const port = parentPort;
if (port === null) throw new Error('this module runs as a thread');
const { grammar } = workerData as { grammar: Grammar };

const once = <Part>(load: () => Part) => {
  let part: Part | undefined;
  return () => (part ??= load());
};
const flite = once(loadFlite);
const recogniser = once(async () => loadRecogniser(grammar, (await flite()).phonesOf));
const silero = once(() => sileroModel(readSileroWeights()));

const tell = (message: FromThread, moved: ArrayBuffer[] = []) => {
  port.postMessage(message, moved);
};

/** The tail of a sentence in the resampler's filter is silence: it is pushed out, so that no word is cut. */
const TAIL = new Int16Array(64);

async function say(text: string, manner: Manner, format: SpeechFormat): Promise<Uint8Array<ArrayBuffer>> {
  const spoken = (await flite()).say(text, manner);
  if (spoken.length === 0) return new Uint8Array(0);
  const resampler = new Resampler(FLITE_RATE, format === 'audio/pcm' ? 24_000 : 8000);
  const pieces = [resampler.push(spoken), resampler.push(TAIL)];
  const pcm = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pcm.set(pieces[0] ?? []);
  pcm.set(pieces[1] ?? [], pieces[0]?.length);
  if (format === 'audio/pcmu') return Uint8Array.from(encodeMuLaw(pcm));
  if (format === 'audio/pcma') return encodeALaw(pcm);
  const bytes = new DataView(new ArrayBuffer(2 * pcm.length));
  pcm.forEach((sample, i) => {
    bytes.setInt16(2 * i, sample, true);
  });
  return new Uint8Array(bytes.buffer);
}

async function perform(id: number, task: SpeechTask): Promise<void> {
  try {
    if (task.type === 'say') {
      const audio = await say(task.text, task.manner, task.format);
      tell({ from: 'task', id, result: audio }, [audio.buffer]);
    } else {
      tell({ from: 'task', id, result: (await recogniser()).recognise(task.samples) });
    }
  } catch (thrown) {
    tell({ from: 'task', id, error: noteOf(thrown, 'SPEECH_UNAVAILABLE') });
  }
}

const ears = new Map<number, Ear>();

function order(id: number, given: EarOrder): void {
  if (given.type === 'close') {
    ears.delete(id);
    return;
  }
  let ear = ears.get(id);
  if (ear === undefined) {
    if (given.type !== 'listen') return; // Of an ear that is closed.
    ear = new Ear(silero(), given.hearing, (fact) => {
      tell({ from: 'ear', ear: id, fact }, fact.type === 'uttered' ? [fact.samples.buffer] : []);
    });
    ears.set(id, ear);
  }
  const samples = ear.obey(given);
  if (samples !== undefined) {
    tell({ from: 'ear', ear: id, fact: { type: 'uttered', samples } }, [samples.buffer]);
  }
}

port.on('message', (message: ToThread) => {
  if (message.to === 'task') void perform(message.id, message.task);
  else order(message.ear, message.order);
});
