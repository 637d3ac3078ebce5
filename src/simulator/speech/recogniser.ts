import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EngineError, noteOf } from '../../errors.ts';
import type { Grammar } from '../scenario-grammar.ts';

/**
 * SoundSwallower, a speech recogniser by grammar, with the telephone model
 * (8 kHz, English) that comes in its package.
 *
 * Contract: `soundswallower/index.d.ts`. Besides it uses the compiled
 * function `_decoder_hyp`, which writes the score of the best path to an
 * address: the typed `get_text` leaves the score out. An internal fatal error
 * kills the module, so it runs in a thread that can be started again.
 */

interface Decoder {
  readonly cdecoder: number;
  initialize(): Promise<unknown>;
  start(): void;
  stop(): void;
  process_audio(samples: Float32Array, noSearch: boolean, fullUtterance: boolean): number;
  get_text(): string;
  lookup_word(word: string): string | null;
  add_words(...words: [word: string, phones: string][]): void;
  set_grammar(jsgf: string): void;
}

interface Module {
  readonly HEAP32: Int32Array;
  readonly Decoder: new (config: Readonly<Record<string, string | number>>) => Decoder;
  _malloc(bytes: number): number;
  _decoder_hyp(decoder: number, scoreAt: number): number;
}

/** Samples a second that the model was trained on. */
export const RECOGNISER_RATE = 8000;

const FRAMES_PER_SECOND = 100;

/**
 * A sentence is believed when its score is above a line in its length. The
 * score is a sum over frames of how far the path is from the best sound of
 * each frame. Measured over telephone audio: sentences of the grammar lie at
 * -11 to -30 a frame beside a fixed cost of some -2000, others below -32.
 */
const WORST_SCORE = -2000;
const WORST_PER_FRAME = -22;

/**
 * Search beams wider than the model's own, at half again the cost: with those,
 * a caller's "thank you" was pruned for a string of digits before it was over.
 */
const BEAMS = { beam: 1e-64, wbeam: 1e-40, pbeam: 1e-64 };

export interface Recogniser {
  /** The sentence of the grammar that was said; undefined when it was none. Blocks for about a tenth of the length. */
  recognise(this: void, samples: Float32Array): string | undefined;
}

/**
 * @param phonesOf - how a word is spoken that the dictionary of the package does not have.
 * @throws {EngineError} SPEECH_UNAVAILABLE when the optional package is not installed, or refuses the grammar.
 */
export async function loadRecogniser(
  grammar: Grammar,
  phonesOf: (word: string) => string,
): Promise<Recogniser> {
  const module = await load();
  const decoder = new module.Decoder({ samprate: RECOGNISER_RATE, loglevel: 'FATAL', ...BEAMS });
  await decoder.initialize();
  const missing = grammar.words.filter((word) => decoder.lookup_word(word) === null);
  if (missing.length > 0) {
    decoder.add_words(...missing.map((word): [string, string] => [word, phonesOf(word)]));
  }
  decoder.set_grammar(grammar.jsgf);
  const scoreAt = module._malloc(4);

  return {
    recognise(samples) {
      decoder.start();
      decoder.process_audio(samples, false, true);
      decoder.stop();
      if (module._decoder_hyp(decoder.cdecoder, scoreAt) === 0) return undefined; // No path survived.
      const score = module.HEAP32[scoreAt >> 2] ?? 0;
      const frames = (samples.length / RECOGNISER_RATE) * FRAMES_PER_SECOND;
      const text = decoder.get_text();
      return text !== '' && score > WORST_SCORE + WORST_PER_FRAME * frames ? text : undefined;
    },
  };
}

async function load(): Promise<Module> {
  try {
    const entry = createRequire(import.meta.url).resolve('soundswallower');
    const { default: create } = (await import(pathToFileURL(entry).href)) as {
      default: (options: { modelBase: string }) => Promise<Module>;
    };
    return await create({ modelBase: join(dirname(entry), 'model/') });
  } catch (thrown) {
    const reason = noteOf(thrown, 'SPEECH_UNAVAILABLE').message.split('\n', 1)[0] ?? '';
    throw new EngineError('SPEECH_UNAVAILABLE', `install the package soundswallower (${reason})`, {
      cause: thrown,
    });
  }
}
