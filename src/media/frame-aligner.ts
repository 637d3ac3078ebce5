import { type AudioPiece, emptyPiece, HEAD_ROOM, pieceOf } from './audio-piece.ts';
import { CUT_CHARS, decodedLength, isPadded } from './base64-text.ts';
import { FRAME_BYTES, SILENCE } from './mu-law.ts';

/**
 * Turns deltas of any length into pieces of whole frames, and loses no byte.
 *
 * What does not fill a frame is carried to the next delta, or to the end of the
 * item, where silence fills it up. As long as text can be continued it is only
 * copied; text that ends in padding, or in the middle of a group of four
 * characters, is decoded together with the delta that follows.
 */
export class FrameAligner {
  /** Base64 text that is carried: at most 640 characters, in memory of its own for as long as the call. */
  readonly #carry = Buffer.allocUnsafeSlow(CUT_CHARS);
  #carried = 0;

  /** Bytes of audio that are carried. */
  get carriedBytes(): number {
    return decodedLength(this.#carry, 0, this.#carried);
  }

  /** Takes the delta at `text[start, end)`; undefined when it does not fill a frame yet. */
  push(text: Buffer, start: number, end: number): AudioPiece | undefined {
    const canContinue = (end - start) % 4 === 0 && !isPadded(this.#carry, 0, this.#carried);
    return canContinue ? this.#join(text, start, end) : this.#decodeAndJoin(text, start, end);
  }

  /** What is carried, filled up with silence. */
  flush(): AudioPiece | undefined {
    const audio = this.#takeCarried();
    if (audio.length === 0) return undefined;
    const filled = Buffer.alloc(Math.ceil(audio.length / FRAME_BYTES) * FRAME_BYTES, SILENCE);
    audio.copy(filled);
    return pieceOf(filled, filled.length - audio.length);
  }

  /** Forgets what is carried. */
  drop(): void {
    this.#carried = 0;
  }

  #join(text: Buffer, start: number, end: number): AudioPiece | undefined {
    const carried = this.#carried;
    const chars = carried + end - start;
    const bytes = (carried / 4) * 3 + decodedLength(text, start, end);
    // The text after a cut must be whole groups: padding at the end may not become the middle.
    const cuttable = isPadded(text, start, end) ? chars - 1 : chars;
    const cut = bytes % FRAME_BYTES === 0 ? chars : cuttable - (cuttable % CUT_CHARS);
    const fromText = start + cut - carried;
    if (cut === 0) {
      this.#keep(text, start, end, carried);
      return undefined;
    }
    const piece = emptyPiece(cut, cut === chars ? bytes : (cut / 4) * 3, 0);
    this.#carry.copy(piece.buffer, HEAD_ROOM, 0, carried);
    text.copy(piece.buffer, HEAD_ROOM + carried, start, fromText);
    this.#keep(text, fromText, end, 0);
    return piece;
  }

  #decodeAndJoin(text: Buffer, start: number, end: number): AudioPiece | undefined {
    const audio = Buffer.concat([
      this.#takeCarried(),
      Buffer.from(text.toString('latin1', start, end), 'base64'),
    ]);
    const whole = audio.length - (audio.length % FRAME_BYTES);
    const rest = Buffer.from(audio.toString('base64', whole), 'latin1');
    this.#keep(rest, 0, rest.length, 0);
    return whole === 0 ? undefined : pieceOf(audio.subarray(0, whole));
  }

  #keep(text: Buffer, start: number, end: number, at: number): void {
    text.copy(this.#carry, at, start, end);
    this.#carried = at + end - start;
  }

  #takeCarried(): Buffer {
    const audio = Buffer.from(this.#carry.toString('latin1', 0, this.#carried), 'base64');
    this.#carried = 0;
    return audio;
  }
}
