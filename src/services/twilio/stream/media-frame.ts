import { ownBytes } from '../../../media/own-bytes.ts';
import { MAX_PAYLOAD_CHARS, type StreamMessage } from '../../../protocol/twilio-stream.ts';
import { layoutOf, type MediaLayout, type Slot } from './media-layout.ts';
import { endOfBase64, endOfDigits, numberAt } from './media-slots.ts';

const MAX_TIMESTAMP_DIGITS = 15;
/** A peer whose frames look different every time is read by the schema. */
const MAX_LESSONS = 8;

const BACKSLASH = 0x5c;
const NOTHING = Buffer.alloc(0);

/**
 * Finds the audio in a media frame by its bytes.
 *
 * The layout of frames is learnt from one that the schema has read: bytes that
 * must be the same, and between them digits and base64, which cannot change what
 * the JSON around them means. A frame that differs in any other byte is not
 * recognised and goes to the schema, so the fast path never decides what is valid.
 *
 * Read `start`, `end` and `timestampMs` after `read` said true, before the next frame.
 */
export class MediaFrame {
  /** The payload, base64, is at `[start, end)`. */
  start = 0;
  end = 0;
  /** Milliseconds since the stream began, of the first sample. A number and not the frame: keeping that would cost a write barrier a frame. */
  timestampMs = 0;
  #layout: MediaLayout | undefined;
  #streamSid: Buffer = NOTHING;
  #lessons = 0;

  /** True when the frame has the layout that was learnt, and is of the stream that it was learnt from. */
  read(frame: Buffer): boolean {
    const layout = this.#layout;
    if (layout === undefined) return false;
    const { constants, ends, slots } = layout;
    let at = 0;
    let start = 0;
    let end = 0;
    let timestampMs = 0;
    for (let i = 0, constantAt = 0; ; i++) {
      const constantEnd = ends[i] ?? 0;
      if (at + constantEnd - constantAt > frame.length) return false;
      while (constantAt < constantEnd) if (frame[at++] !== constants[constantAt++]) return false;
      const slot = slots[i];
      if (slot === undefined) break;
      const from = at;
      at = this.#endOf(slot, frame, from);
      if (at === from) return false;
      if (slot === 'payload') {
        if (at - from > MAX_PAYLOAD_CHARS) return false;
        start = from;
        end = at;
      } else if (slot === 'timestamp') {
        if (at - from > MAX_TIMESTAMP_DIGITS) return false;
        timestampMs = numberAt(frame, from, at);
      }
    }
    if (at !== frame.length) return false;
    this.start = start;
    this.end = end;
    this.timestampMs = timestampMs;
    return true;
  }

  /** Learns the layout of a frame that the schema has read as `message`. One with escapes teaches nothing, and costs no lesson. */
  learn(frame: Buffer, message: Extract<StreamMessage, { event: 'media' }>): void {
    if (this.#lessons >= MAX_LESSONS || frame.includes(BACKSLASH)) return;
    this.#lessons++;
    const layout = layoutOf(frame, message);
    if (layout === undefined) return;
    this.#layout = layout;
    this.#streamSid = ownBytes(message.streamSid ?? '');
  }

  /** Where the slot that begins at `at` ends; `at` itself when something else is there. */
  #endOf(slot: Slot, frame: Buffer, at: number): number {
    if (slot === 'payload') return endOfBase64(frame, at);
    return slot === 'streamSid' ? endOfSame(frame, at, this.#streamSid) : endOfDigits(frame, at);
  }
}

function endOfSame(frame: Buffer, at: number, expected: Buffer): number {
  for (let i = 0; i < expected.length; i++) if (frame[at + i] !== expected[i]) return at;
  return at + expected.length;
}
