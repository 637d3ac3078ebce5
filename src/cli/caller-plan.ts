import { readFile } from 'node:fs/promises';
import { encodeMuLaw } from '../media/g711.ts';
import { Resampler } from '../media/resampler.ts';
import { readWav } from '../media/wav.ts';
import { FLITE_RATE, loadFlite } from '../simulator/speech/flite.ts';
import { type CallerLine, readCallerScript, type ScriptLine } from './caller-lines.ts';
import { UsageError } from './terminal.ts';
import { userText } from './user-text.ts';

const PHONE_HZ = 8000;

export interface CallerFlags {
  readonly say: readonly string[];
  readonly wav?: string;
  readonly script?: string;
  readonly bargeIn: boolean;
}

/**
 * What the caller will do: the recording first, then the script, then the
 * sentences. All of it is read and given a voice before the phone rings, so
 * that a bad file costs no call and no synthesis disturbs the line.
 *
 * @throws {UsageError} when a file is not there, or is not what it should be.
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when there are words and no voice for them.
 */
export async function planCaller(flags: CallerFlags): Promise<CallerLine[]> {
  const recordings = flags.wav === undefined ? [] : [await readRecording(flags.wav)];
  const script = [
    ...(flags.script === undefined ? [] : await readScript(flags.script)),
    ...flags.say.map((text): ScriptLine => ({ kind: 'say', text, bargeIn: false })),
  ];
  const [first, ...others] = [...recordings, ...(await voiced(script))];
  if (first === undefined) return [];
  return [first.kind === 'speak' && flags.bargeIn ? { ...first, bargeIn: true } : first, ...others];
}

/** As the phone carries it: mu-law, 8000 Hz, mono, and nothing else in the file. */
const RAW = /\.(?:ulaw|ul)$/i;
const RAW_HINT = 'raw mu-law of 8000 Hz is taken from a file whose name ends with .ulaw';

/** @throws {UsageError} when the file is not there, or is no recording of a kind that can be read. */
export async function readRecording(path: string): Promise<CallerLine> {
  const bytes = await readUserFile(path);
  const isWav = bytes.subarray(0, 4).toString('latin1') === 'RIFF';
  if (RAW.test(path) && !isWav && bytes.length > 0) {
    return { kind: 'speak', text: '', audio: bytes, bargeIn: false };
  }
  const read = readWav(bytes);
  if ('problem' in read) throw new UsageError(`${path}: ${read.problem}${isWav ? '' : `; ${RAW_HINT}`}`);
  return { kind: 'speak', text: '', audio: read.audio, bargeIn: false };
}

async function readScript(path: string): Promise<ScriptLine[]> {
  const read = readCallerScript(userText(path, await readUserFile(path)));
  if ('problem' in read) throw new UsageError(`${path}: ${read.problem}`);
  return read.lines;
}

async function readUserFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    throw new UsageError(
      `${path}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code ?? 'unknown'})`}`,
    );
  }
}

async function voiced(script: readonly ScriptLine[]): Promise<CallerLine[]> {
  if (!script.some(({ kind }) => kind === 'say')) return script.filter((line) => line.kind !== 'say');
  const flite = await loadFlite();
  return script.map((line) => {
    if (line.kind !== 'say') return line;
    const pcm = flite.say(line.text, { voice: 'rms' });
    const audio = encodeMuLaw(new Resampler(FLITE_RATE, PHONE_HZ).push(pcm));
    return { kind: 'speak', text: line.text, audio, bargeIn: line.bargeIn };
  });
}
