import { readFileSync } from 'node:fs';
import { decodeMuLaw, encodeMuLaw } from '../../src/media/g711.ts';
import { Resampler } from '../../src/media/resampler.ts';
import { FLITE_RATE, type Flite, type Manner } from '../../src/simulator/speech/flite.ts';

const RATE = 8000;
const FULL_SCALE = 32_768;
const RECORDINGS = new URL('../../assets/recordings/', import.meta.url);

/** A person's sentence, as it came over a telephone. */
export interface Recording {
  readonly text: string;
  readonly samples: Float32Array;
}

/** The recordings of people that come with the engine, each with what was said. */
export function recordings(): Recording[] {
  const list = JSON.parse(readFileSync(new URL('transcripts.json', RECORDINGS), 'utf8')) as {
    file: string;
    text: string;
  }[];
  return list.map(({ file, text }) => ({ text, samples: heard(readFileSync(new URL(file, RECORDINGS))) }));
}

/** A synthetic caller's sentence, after mu-law at 8 kHz. */
export function spoken(flite: Flite, text: string, manner: Manner): Float32Array {
  return heard(encodeMuLaw(new Resampler(FLITE_RATE, RATE).push(flite.say(text, manner))));
}

const heard = (codes: Uint8Array) => Float32Array.from(decodeMuLaw(codes), (sample) => sample / FULL_SCALE);

/** The noise of a quiet line: the same on every run, some -60 dBFS. */
export function lineNoise(ms: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: (ms * RATE) / 1000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return ((state / 0x7fffffff - 0.5) * 60) / FULL_SCALE;
  });
}

/** Audio between silences, with the line's noise under all of it. */
export function onTheLine(audio: Float32Array, beforeMs: number, afterMs: number): Float32Array {
  const line = lineNoise(beforeMs + (audio.length / RATE) * 1000 + afterMs);
  const from = (beforeMs * RATE) / 1000;
  audio.forEach((sample, i) => {
    line[from + i] = (line[from + i] ?? 0) + sample;
  });
  return line;
}

/** Sines of these frequencies, in Hz, together. */
export function tones(frequencies: readonly number[], ms: number, level = 0.2): Float32Array {
  return Float32Array.from({ length: (ms * RATE) / 1000 }, (_, n) =>
    frequencies.reduce((sum, hz) => sum + level * Math.sin((2 * Math.PI * hz * n) / RATE), 0),
  );
}
