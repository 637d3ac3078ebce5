import { encodedLength } from './base64-text.ts';
import { FRAME_BYTES, SILENCE } from './mu-law.ts';

/** Bytes left free before the text, for the opening of the message that carries it. */
export const HEAD_ROOM = 128;
/** Bytes left free after the text, for the message's end. */
export const TAIL_ROOM = 8;

/**
 * Whole frames of mu-law as base64 text, with room around it: the message that
 * carries the piece is written into the same buffer, so audio is copied once.
 */
export interface AudioPiece {
  readonly buffer: Buffer;
  /** The text is at `buffer[HEAD_ROOM, end)`. */
  readonly end: number;
  /** Bytes of audio; with `padding` a multiple of 160. */
  readonly bytes: number;
  /** Bytes of silence at the end, there only to fill the last frame. */
  readonly padding: number;
}

/** A piece whose text is still to be written. It is kept for seconds, in which a slice of Node's pool would hold all 8 KiB of it. */
export function emptyPiece(chars: number, bytes: number, padding: number): AudioPiece {
  const end = HEAD_ROOM + chars;
  return { buffer: Buffer.allocUnsafeSlow(end + TAIL_ROOM), end, bytes, padding };
}

/** Encodes mu-law bytes; the last `padding` of them are silence that fills a frame. */
export function pieceOf(muLaw: Buffer, padding = 0): AudioPiece {
  const piece = emptyPiece(encodedLength(muLaw.length), muLaw.length - padding, padding);
  piece.buffer.write(muLaw.toString('base64'), HEAD_ROOM, 'latin1');
  return piece;
}

/** What is left of a piece when whole frames at its beginning are taken away. Undefined when no audio is. */
export function restOf(piece: AudioPiece, skippedBytes: number): AudioPiece | undefined {
  if (skippedBytes === 0) return piece;
  if (skippedBytes >= piece.bytes) return undefined;
  const text = piece.buffer.toString('latin1', HEAD_ROOM, piece.end);
  return pieceOf(Buffer.from(text, 'base64').subarray(skippedBytes), piece.padding);
}

/** Cuts mu-law bytes into pieces of at most a second; the last one is filled up with silence. */
export function piecesOf(muLaw: Buffer): AudioPiece[] {
  const perPiece = 50 * FRAME_BYTES;
  const pieces: AudioPiece[] = [];
  for (let at = 0; at < muLaw.length; at += perPiece) {
    const cut = muLaw.subarray(at, at + perPiece);
    const padding = (FRAME_BYTES - (cut.length % FRAME_BYTES)) % FRAME_BYTES;
    pieces.push(
      padding === 0 ? pieceOf(cut) : pieceOf(Buffer.concat([cut, Buffer.alloc(padding, SILENCE)]), padding),
    );
  }
  return pieces;
}
