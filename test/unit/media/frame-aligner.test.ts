import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AudioPiece, HEAD_ROOM, piecesOf, restOf } from '../../../src/media/audio-piece.ts';
import { decodedLength, encodedLength } from '../../../src/media/base64-text.ts';
import { FrameAligner } from '../../../src/media/frame-aligner.ts';
import { holds } from '../../support/properties.ts';

const textOf = (piece: AudioPiece) => piece.buffer.toString('latin1', HEAD_ROOM, piece.end);
const audioOf = (piece: AudioPiece) => Buffer.from(textOf(piece), 'base64');
const filled = (bytes: Buffer) =>
  Buffer.concat([bytes, Buffer.alloc((160 - (bytes.length % 160)) % 160, 0xff)]);

/** Mostly lengths around what cuts and groups are made of; and any. */
const lengths = fc.array(
  fc.oneof(
    fc.nat({ max: 1500 }),
    fc.constantFrom(0, 1, 2, 3, 159, 160, 161, 320, 479, 480, 481, 960, 4800),
    fc.nat({ max: 20 }).map((n) => n * 160),
    fc.nat({ max: 20 }).map((n) => n * 3),
  ),
  { maxLength: 20 },
);

function push(aligner: FrameAligner, bytes: Buffer, isPadded = true): AudioPiece | undefined {
  // In the middle of a longer text, as it lies in a message.
  const base64 = bytes.toString('base64');
  const text = Buffer.from(`{"delta":"${isPadded ? base64 : base64.replace(/=+$/, '')}"}`);
  return aligner.push(text, 10, text.length - 2);
}

describe('the frame aligner', () => {
  test('the frame aligner passes every byte on, in order, in whole frames, for deltas of any lengths', () => {
    holds(
      fc.property(lengths, fc.boolean(), (sizes, isPadded) => {
        const aligner = new FrameAligner();
        const audio = sizes.map((size, i) => Buffer.alloc(size, i + 1));
        const pieces = audio.map((bytes) => push(aligner, bytes, isPadded));
        const sent = pieces.filter((piece) => piece !== undefined);
        for (const piece of sent) {
          expect(piece.padding).toBe(0);
          expect(piece.bytes % 160).toBe(0);
          expect(audioOf(piece)).toHaveLength(piece.bytes);
        }
        const received = Buffer.concat(audio);
        const sentBytes = sent.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(aligner.carriedBytes).toBe(received.length - sentBytes);
        expect(aligner.carriedBytes).toBeLessThanOrEqual(480);

        const last = aligner.flush();
        if (last !== undefined) sent.push(last);
        expect(Buffer.concat(sent.map(audioOf)).equals(filled(received))).toBe(true);
        expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(received.length);
        expect(aligner.flush()).toBeUndefined();
      }),
      { runs: 500 },
    );
  });

  test('the frame aligner copies text that is whole frames as it is, padding included', () => {
    const bytes = Buffer.alloc(320, 7);
    const piece = push(new FrameAligner(), bytes);
    expect(piece && textOf(piece)).toBe(bytes.toString('base64'));
  });

  test('the frame aligner cuts text at 640 characters and carries the rest', () => {
    const aligner = new FrameAligner();
    const piece = push(aligner, Buffer.alloc(1000, 7));
    expect(piece?.bytes).toBe(960);
    expect(aligner.carriedBytes).toBe(40);
  });

  test('the frame aligner fills the last frame with silence', () => {
    const aligner = new FrameAligner();
    push(aligner, Buffer.alloc(100, 7));
    const piece = aligner.flush();
    expect(piece).toMatchObject({ bytes: 100, padding: 60 });
    expect(
      piece &&
        audioOf(piece)
          .subarray(100)
          .every((byte) => byte === 0xff),
    ).toBe(true);
  });

  test('the frame aligner forgets what it carried when told to', () => {
    const aligner = new FrameAligner();
    push(aligner, Buffer.alloc(100, 7));
    aligner.drop();
    expect(aligner.flush()).toBeUndefined();
  });
});

describe('pieces', () => {
  test('pieces cut a clip at seconds, the last one filled up', () => {
    const clip = Buffer.from(Array.from({ length: 17_000 }, (_, i) => i % 251));
    const pieces = piecesOf(clip);
    expect(pieces.map(({ bytes, padding }) => [bytes, padding])).toEqual([
      [8000, 0],
      [8000, 0],
      [1000, 120],
    ]);
    expect(Buffer.concat(pieces.map(audioOf)).equals(filled(clip))).toBe(true);
    expect(piecesOf(Buffer.alloc(0))).toEqual([]);
  });

  test('pieces leave a rest when whole frames are taken from the beginning', () => {
    const clip = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
    const [piece] = piecesOf(clip);
    if (piece === undefined) throw new Error('no piece');
    const rest = restOf(piece, 480);
    expect(rest).toMatchObject({ bytes: 520, padding: 120 });
    expect(rest && audioOf(rest).equals(filled(clip).subarray(480))).toBe(true);
    expect(restOf(piece, 0)).toBe(piece);
    expect(restOf(piece, 1120)).toBeUndefined();
  });
});

describe('lengths of base64', () => {
  test('lengths of base64 are what encoding and decoding give', () => {
    holds(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.boolean(), (bytes, isPadded) => {
        const base64 = Buffer.from(bytes).toString('base64');
        const text = Buffer.from(isPadded ? base64 : base64.replace(/=+$/, ''));
        expect(decodedLength(text, 0, text.length)).toBe(bytes.length);
        expect(encodedLength(bytes.length)).toBe(base64.length);
      }),
    );
  });
});
