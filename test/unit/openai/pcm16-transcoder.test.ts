import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';
import { Pcm16Transcoder } from '../../../src/services/openai/session/pcm16-transcoder.ts';
import { holds } from '../../support/properties.ts';

const LINE_RATE = 8000;
const MODEL_RATE = 24_000;

const tone = (hz: number, rate: number, ms: number) =>
  Int16Array.from({ length: (rate * ms) / 1000 }, (_, i) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * hz * i) / rate)),
  );

/** A click in the middle of silence. */
const click = (rate: number) => {
  const pcm = new Int16Array(rate / 5);
  pcm.fill(16_000, rate / 10, rate / 10 + rate / 4000);
  return pcm;
};

const bytesOf = (pcm: Int16Array) => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
const samplesOf = (bytes: Buffer) =>
  Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));

/** Cuts bytes at these lengths, the rest in one piece. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    pieces.push(bytes.subarray(at, at + length));
    at = Math.min(bytes.length, at + length);
  }
  return pieces;
}

/** What comes out at the other end, decoded from base64. */
function passed(
  pieces: readonly Buffer[],
  pass: (text: Buffer, end: number, send: (text: Buffer, start: number, end: number) => void) => void,
) {
  const out: Buffer[] = [];
  for (const piece of pieces) {
    const text = Buffer.from(`"${piece.toString('base64')}"`);
    pass(text, text.length - 1, (coded, start, end) => {
      out.push(Buffer.from(coded.toString('latin1', start, end), 'base64'));
    });
  }
  return Buffer.concat(out);
}

const toModel = (transcoder: Pcm16Transcoder, pieces: readonly Buffer[]) =>
  passed(pieces, (text, end, send) => {
    transcoder.toModel(text, 1, end, send);
  });
const toLine = (transcoder: Pcm16Transcoder, pieces: readonly Buffer[], itemId = 'i1') =>
  passed(pieces, (text, end, send) => {
    transcoder.toLine(itemId, text, 1, end, send);
  });

const peakAt = (pcm: Int16Array) =>
  pcm.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(pcm[best] ?? 0) ? i : best), 0);

describe('the transcoder of a PCM16 session', () => {
  test('the transcoder of a PCM16 session triples the samples of the caller, and gives a third of the agent’s, frame by frame', () => {
    const transcoder = new Pcm16Transcoder();
    const frame = Buffer.from(encodeMuLaw(tone(440, LINE_RATE, 20)));
    for (let i = 0; i < 50; i++) expect(toModel(transcoder, [frame])).toHaveLength(960);
    const speech = bytesOf(tone(440, MODEL_RATE, 20));
    for (let i = 0; i < 50; i++) expect(toLine(transcoder, [speech])).toHaveLength(160);
  });

  test('the transcoder of a PCM16 session keeps the pitch and the loudness of a tone, both ways', () => {
    const crossings = (pcm: Int16Array) =>
      pcm.reduce((sum, sample, i) => sum + (sample >= 0 && (pcm[i - 1] ?? 0) < 0 ? 1 : 0), 0);
    const loudest = (pcm: Int16Array) => Math.max(...pcm.subarray(pcm.length / 2));
    const up = samplesOf(
      toModel(new Pcm16Transcoder(), [Buffer.from(encodeMuLaw(tone(1000, LINE_RATE, 1000)))]),
    );
    const down = decodeMuLaw(toLine(new Pcm16Transcoder(), [bytesOf(tone(1000, MODEL_RATE, 1000))]));
    for (const pcm of [up, down]) {
      expect(Math.abs(crossings(pcm.subarray(pcm.length / 2)) - 500)).toBeLessThanOrEqual(1);
      // Mu-law has steps of some 3 % at this level.
      expect(loudest(pcm)).toBeGreaterThan(11_500);
      expect(loudest(pcm)).toBeLessThan(12_500);
    }
  });

  test('the transcoder of a PCM16 session delays by at most 5 ms, either way', () => {
    const up = samplesOf(toModel(new Pcm16Transcoder(), [Buffer.from(encodeMuLaw(click(LINE_RATE)))]));
    const down = decodeMuLaw(toLine(new Pcm16Transcoder(), [bytesOf(click(MODEL_RATE))]));
    for (const [pcm, rate] of [
      [up, MODEL_RATE],
      [down, LINE_RATE],
    ] as const) {
      const delayMs = (peakAt(pcm) / rate) * 1000 - 100;
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThanOrEqual(5);
    }
  });

  test('the transcoder of a PCM16 session gives the same however the deltas are cut, also in the middle of a sample', () => {
    const speech = bytesOf(tone(440, MODEL_RATE, 60));
    const whole = toLine(new Pcm16Transcoder(), [speech]);
    holds(
      fc.property(fc.array(fc.nat({ max: 700 }), { maxLength: 8 }), (lengths) => {
        expect(toLine(new Pcm16Transcoder(), cut(speech, lengths))).toEqual(whole);
      }),
      { runs: 40 },
    );
  });

  test('the transcoder of a PCM16 session begins each item anew: what was left of one is not heard in the next', () => {
    const transcoder = new Pcm16Transcoder();
    const loud = bytesOf(tone(440, MODEL_RATE, 20)).subarray(0, 959);
    toLine(transcoder, [loud], 'i1');
    const silence = toLine(transcoder, [Buffer.alloc(960)], 'i2');
    expect(silence).toEqual(Buffer.alloc(160, 0xff));
  });
});
