import { decodeMuLaw, encodeMuLaw } from './g711.ts';
import { Resampler } from './resampler.ts';

/** The rate of the phone, in Hz. */
const PHONE_HZ = 8000;
/** Rates that a recording may have, in Hz: those in use, all of which have a small ratio to the phone's. */
const RATES = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/** `WAVE_FORMAT_…` tags. Source: RFC 2361, and Microsoft's `mmreg.h` for the extensible one. */
const PCM = 1;
const FLOAT = 3;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;

interface WavFormat {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** How one sample of an encoding is read, as 16-bit PCM. */
type ReadSample = (data: DataView, at: number) => number;

const READERS: Readonly<Record<string, ReadSample>> = {
  [`${String(PCM)}/8`]: (data, at) => (data.getUint8(at) - 128) << 8,
  [`${String(PCM)}/16`]: (data, at) => data.getInt16(at, true),
  [`${String(PCM)}/24`]: (data, at) => data.getInt16(at + 1, true), // The low byte is below the phone's noise.
  [`${String(PCM)}/32`]: (data, at) => data.getInt16(at + 2, true),
  [`${String(FLOAT)}/32`]: (data, at) => clip(data.getFloat32(at, true) * 32_768),
  [`${String(MU_LAW)}/8`]: (data, at) => decodeMuLaw(Uint8Array.of(data.getUint8(at)))[0] ?? 0,
};

/**
 * Reads a WAV file as the phone hears it: mu-law, 8000 Hz, mono.
 *
 * Takes PCM of 8, 16, 24 and 32 bits, 32-bit floats and mu-law, any number of
 * channels (they are mixed), at the rates in common use. A mono mu-law file of
 * 8000 Hz comes back byte for byte. Answers, in words, what is wrong with the
 * file otherwise.
 */
export function readWav(bytes: Uint8Array): { audio: Uint8Array } | { problem: string } {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || fourCc(file, 0) !== 'RIFF' || fourCc(file, 8) !== 'WAVE') {
    return { problem: 'not a WAV file (no RIFF/WAVE header)' };
  }
  const fmt = findChunk(file, 'fmt ');
  if (fmt === undefined || fmt.byteLength < 16) return { problem: 'a WAV file without a format chunk' };
  const data = findChunk(file, 'data');
  if (data === undefined) return { problem: 'a WAV file without audio' };

  const format = readFormat(fmt);
  const read = READERS[`${String(format.tag)}/${String(format.bits)}`];
  if (read === undefined || format.channels < 1) {
    return { problem: `audio in an encoding that cannot be read (${describe(format)})` };
  }
  if (!RATES.includes(format.rate)) {
    return { problem: `a sample rate of ${String(format.rate)} Hz; it must be one of ${RATES.join(', ')}` };
  }
  if (format.tag === MU_LAW && format.channels === 1 && format.rate === PHONE_HZ) {
    return { audio: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() };
  }
  return { audio: encodeMuLaw(toPhoneRate(readMono(data, format, read), format.rate)) };
}

/**
 * Writes a WAV file of two lines of mu-law as left and right channel: PCM of
 * 16 bits, 8000 Hz, which every player opens. The shorter line is silent at its end.
 */
export function writeWav(left: Uint8Array, right: Uint8Array): Uint8Array {
  const frames = Math.max(left.length, right.length);
  const bytes = new Uint8Array(44 + frames * 4);
  const file = new DataView(bytes.buffer);
  const text = (at: number, word: string) => {
    for (let i = 0; i < 4; i++) bytes[at + i] = word.charCodeAt(i);
  };
  text(0, 'RIFF');
  file.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVE');
  text(12, 'fmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, PCM, true);
  file.setUint16(22, 2, true);
  file.setUint32(24, PHONE_HZ, true);
  file.setUint32(28, PHONE_HZ * 4, true); // Bytes a second.
  file.setUint16(32, 4, true); // Bytes of one sample of both channels.
  file.setUint16(34, 16, true);
  text(36, 'data');
  file.setUint32(40, frames * 4, true);
  const samples = [decodeMuLaw(left), decodeMuLaw(right)];
  for (const [channel, pcm] of samples.entries()) {
    for (const [i, sample] of pcm.entries()) file.setInt16(44 + i * 4 + channel * 2, sample, true);
  }
  return bytes;
}

function fourCc(file: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => file.getUint8(at + i)));
}

/** A chunk by its name. A length past the end of the file is what a program that wrote to a pipe leaves: the rest counts. */
function findChunk(file: DataView, name: string): DataView | undefined {
  let at = 12;
  while (at + 8 <= file.byteLength) {
    const length = file.getUint32(at + 4, true);
    const left = file.byteLength - at - 8;
    if (fourCc(file, at) === name) {
      return new DataView(file.buffer, file.byteOffset + at + 8, Math.min(length, left));
    }
    at += 8 + length + (length % 2); // Chunks begin at even offsets.
  }
  return undefined;
}

function readFormat(fmt: DataView): WavFormat {
  const tag = fmt.getUint16(0, true);
  const isExtensible = tag === EXTENSIBLE && fmt.byteLength >= 26;
  return {
    tag: isExtensible ? fmt.getUint16(24, true) : tag,
    channels: fmt.getUint16(2, true),
    rate: fmt.getUint32(4, true),
    bits: fmt.getUint16(14, true),
  };
}

function describe({ tag, bits, channels }: WavFormat): string {
  return `format ${String(tag)}, ${String(bits)} bits, ${String(channels)} channels`;
}

function readMono(data: DataView, { bits, channels }: WavFormat, read: ReadSample): Int16Array {
  const width = bits / 8;
  return Int16Array.from({ length: Math.floor(data.byteLength / (width * channels)) }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += read(data, (i * channels + channel) * width);
    return Math.round(sum / channels);
  });
}

function toPhoneRate(pcm: Int16Array, rate: number): Int16Array {
  return rate === PHONE_HZ ? pcm : new Resampler(rate, PHONE_HZ).push(pcm);
}

function clip(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
