import { describe, expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';
import { readWav, writeWav } from '../../../src/media/wav.ts';

interface Format {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
}

const word = (value: number, bytes: number) => {
  const out = Buffer.alloc(bytes);
  out.writeUIntLE(value, 0, bytes);
  return out;
};

const chunk = (name: string, body: Buffer, length = body.length) =>
  Buffer.concat([Buffer.from(name), word(length, 4), body, Buffer.alloc(body.length % 2)]);

const format = ({ tag = 1, channels = 1, rate = 8000, bits = 16 }: Format) =>
  chunk(
    'fmt ',
    Buffer.concat([
      word(tag, 2),
      word(channels, 2),
      word(rate, 4),
      word((rate * channels * bits) / 8, 4),
      word((channels * bits) / 8, 2),
      word(bits, 2),
    ]),
  );

const wav = (...chunks: Buffer[]) => chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));

/** Half a second of a 440 Hz tone, each sample written by `write`. */
function tone(
  rate: number,
  width: number,
  write: (into: Buffer, level: number, at: number) => void,
  channels = 1,
) {
  const body = Buffer.alloc((rate / 2) * width * channels);
  for (let i = 0; i < rate / 2; i++) {
    for (let channel = 0; channel < channels; channel++) {
      write(body, 0.5 * Math.sin((2 * Math.PI * 440 * i) / rate), (i * channels + channel) * width);
    }
  }
  return chunk('data', body);
}

const pcm16 = (into: Buffer, level: number, at: number) => into.writeInt16LE(Math.round(level * 32_767), at);

/** Level of one frequency in mu-law audio, as a share of full scale. */
function levelAt(hertz: number, audio: Uint8Array) {
  const pcm = decodeMuLaw(audio);
  let [re, im] = [0, 0];
  for (const [i, sample] of pcm.entries()) {
    re += sample * Math.cos((2 * Math.PI * hertz * i) / 8000);
    im += sample * Math.sin((2 * Math.PI * hertz * i) / 8000);
  }
  return (2 * Math.hypot(re, im)) / pcm.length / 32_768;
}

function audioOf(file: Buffer): Uint8Array {
  const read = readWav(file);
  if ('problem' in read) throw new Error(read.problem);
  return read.audio;
}

describe('the WAV reader', () => {
  test.each([8000, 16_000, 24_000, 44_100, 48_000])(
    'the WAV reader hears a tone recorded at %i Hz as it is',
    (rate) => {
      const audio = audioOf(wav(format({ rate }), tone(rate, 2, pcm16)));
      expect(audio.length).toBe(4000);
      expect(levelAt(440, audio)).toBeGreaterThan(0.48);
      expect(levelAt(440, audio)).toBeLessThan(0.52);
    },
  );

  test.each<[string, Format, number, (into: Buffer, level: number, at: number) => void]>([
    [
      'PCM of 8 bits',
      { bits: 8 },
      1,
      (into, level, at) => into.writeUInt8(Math.round(128 + level * 127), at),
    ],
    [
      'PCM of 24 bits',
      { bits: 24 },
      3,
      (into, level, at) => into.writeIntLE(Math.round(level * 8_388_607), at, 3),
    ],
    [
      'PCM of 32 bits',
      { bits: 32 },
      4,
      (into, level, at) => into.writeInt32LE(Math.round(level * 2 ** 31), at),
    ],
    ['floats', { tag: 3, bits: 32 }, 4, (into, level, at) => into.writeFloatLE(level, at)],
    [
      'mu-law',
      { tag: 7, bits: 8 },
      1,
      (into, level, at) => (into[at] = encodeMuLaw(Int16Array.of(level * 32_767))[0] ?? 0),
    ],
  ])('the WAV reader reads %s', (_, kind, width, write) => {
    const audio = audioOf(wav(format(kind), tone(8000, width, write)));
    expect(levelAt(440, audio)).toBeCloseTo(0.5, 1);
  });

  test('the WAV reader mixes two channels', () => {
    const loudLeft = (into: Buffer, level: number, at: number) =>
      into.writeInt16LE(at % 4 === 0 ? level * 32_767 : 0, at);
    const audio = audioOf(wav(format({ channels: 2 }), tone(8000, 2, loudLeft, 2)));
    expect(audio).toHaveLength(4000);
    expect(levelAt(440, audio)).toBeCloseTo(0.25, 2);
  });

  test('the WAV reader gives phone audio back byte for byte', () => {
    const codes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    expect([...audioOf(wav(format({ tag: 7, bits: 8 }), chunk('data', codes)))]).toEqual([...codes]);
  });

  test('the WAV reader skips chunks that it does not know, odd ones too, and reads a length never filled in', () => {
    const list = chunk('LIST', Buffer.from('odd'));
    const data = chunk('data', Buffer.alloc(320), 0xffffffff);
    expect(audioOf(wav(list, format({}), list, data))).toHaveLength(160);
  });

  test('the WAV reader reads the extensible format', () => {
    const plain = format({}).subarray(8);
    const extension = Buffer.concat([word(22, 2), word(16, 2), word(4, 4), word(1, 2), Buffer.alloc(14)]);
    const body = Buffer.concat([word(0xfffe, 2), plain.subarray(2), extension]);
    expect(audioOf(wav(chunk('fmt ', body), tone(8000, 2, pcm16)))).toHaveLength(4000);
  });

  test.each([
    ['text', Buffer.from('hello, this is not audio'), 'not a WAV file (no RIFF/WAVE header)'],
    ['nothing', Buffer.alloc(0), 'not a WAV file (no RIFF/WAVE header)'],
    ['no format', wav(chunk('data', Buffer.alloc(4))), 'a WAV file without a format chunk'],
    ['no audio', wav(format({})), 'a WAV file without audio'],
    [
      'ADPCM',
      wav(format({ tag: 2, bits: 4 }), chunk('data', Buffer.alloc(4))),
      'audio in an encoding that cannot be read (format 2, 4 bits, 1 channels)',
    ],
    [
      'a strange rate',
      wav(format({ rate: 12_345 }), chunk('data', Buffer.alloc(4))),
      'a sample rate of 12345 Hz; it must be one of 8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000',
    ],
  ])('the WAV reader says what is wrong with a file of %s', (_, file, problem) => {
    expect(readWav(file)).toEqual({ problem });
  });
});

describe('the WAV writer', () => {
  test('the WAV writer writes the two sides of a call as left and right', () => {
    const left = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
    const right = new Uint8Array(200).fill(0x80);
    const file = Buffer.from(writeWav(left, right));
    expect(file.toString('latin1', 0, 4)).toBe('RIFF');
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24)]).toEqual([1, 2, 8000]);
    expect(file.readUInt32LE(40)).toBe(1200);
    const pcm = decodeMuLaw(left);
    for (let i = 0; i < 300; i++) {
      expect(file.readInt16LE(44 + i * 4)).toBe(pcm[i]);
      expect(file.readInt16LE(46 + i * 4)).toBe(i < 200 ? 32_124 : 0);
    }
    expect(audioOf(file)).toHaveLength(300);
  });
});
