import { MAX_PAYLOAD_CHARS, type StreamMessage } from '../../protocol/twilio-stream.ts';

/** What varies from frame to frame. Everything else of a frame is the same bytes every time. */
const SLOTS = ['sequenceNumber', 'chunk', 'timestamp', 'payload'] as const;
type SlotName = (typeof SLOTS)[number];

/** A slot, and the bytes that follow it up to the next one. */
interface Slot {
  readonly name: SlotName;
  readonly after: Buffer;
}

const MAX_TIMESTAMP_DIGITS = 15;
/** A peer whose frames look different every time is read by the schema. */
const MAX_LESSONS = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const ZERO = 0x30;
const NINE = 0x39;

const BASE64 = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  BASE64[byte] = 1;

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
  #opening: Buffer | undefined;
  #slots: Slot[] = [];
  #lessons = 0;

  /** True when the frame has the layout that was learnt. */
  read(frame: Buffer): boolean {
    const opening = this.#opening;
    if (opening === undefined || !isAt(frame, 0, opening)) return false;
    let at = opening.length;
    let timestampMs = 0;
    for (const { name, after } of this.#slots) {
      const from = at;
      at = name === 'payload' ? endOfBase64(frame, from) : endOfDigits(frame, from);
      if (at === from || !isAt(frame, at, after)) return false;
      if (name === 'payload') {
        if (at - from > MAX_PAYLOAD_CHARS) return false;
        this.start = from;
        this.end = at;
      } else if (name === 'timestamp') {
        if (at - from > MAX_TIMESTAMP_DIGITS) return false;
        timestampMs = numberAt(frame, from, at);
      }
      at += after.length;
    }
    if (at !== frame.length) return false;
    this.timestampMs = timestampMs;
    return true;
  }

  /**
   * Learns the layout of a frame that the schema has read as `message`. Only what
   * is certain is learnt: each slot is there once, as a plain string, and nothing is escaped.
   */
  learn(frame: Buffer, message: Extract<StreamMessage, { event: 'media' }>): void {
    if (this.#lessons >= MAX_LESSONS || frame.includes(BACKSLASH)) return;
    this.#lessons++;
    const found = SLOTS.map((name) => ({ name, ...rangeOf(frame, name) })).filter(({ at }) => at > 0);
    found.sort((one, other) => one.at - other.at);
    const payload = found.find(({ name }) => name === 'payload');
    const timestamp = found.find(({ name }) => name === 'timestamp');
    if (payload === undefined || timestamp === undefined) return;
    if (frame.toString('latin1', payload.at, payload.end) !== message.media.payload) return;
    if (Number(frame.toString('latin1', timestamp.at, timestamp.end)) !== message.media.timestamp) return;

    const copy = Buffer.from(frame);
    this.#opening = copy.subarray(0, found[0]?.at);
    this.#slots = found.map(({ name, end }, i) => ({ name, after: copy.subarray(end, found[i + 1]?.at) }));
  }
}

function isAt(frame: Buffer, at: number, expected: Buffer): boolean {
  if (at + expected.length > frame.length) return false;
  for (let i = 0; i < expected.length; i++) if (frame[at + i] !== expected[i]) return false;
  return true;
}

function endOfDigits(frame: Buffer, at: number): number {
  let end = at;
  for (let byte = frame[end]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = frame[end]) end++;
  return end;
}

/** The number that the digits at `[at, end)` say. */
function numberAt(frame: Buffer, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < end; i++) value = value * 10 + (frame[i] ?? ZERO) - ZERO;
  return value;
}

/** Where base64 that begins at `at` ends; `at` itself when it is not whole groups. Four at a time: half the time of one by one. */
function endOfBase64(frame: Buffer, at: number): number {
  let end = at;
  while (isGroup(frame, end)) end += 4;
  if (isLetter(frame, end) && isLetter(frame, end + 1) && frame[end + 3] === EQUALS) {
    if (frame[end + 2] === EQUALS || isLetter(frame, end + 2)) end += 4;
  }
  return isLetter(frame, end) || frame[end] === EQUALS ? at : end;
}

const isLetter = (frame: Buffer, at: number) => BASE64[frame[at] ?? 0] === 1;

const isGroup = (frame: Buffer, at: number) =>
  isLetter(frame, at) && isLetter(frame, at + 1) && isLetter(frame, at + 2) && isLetter(frame, at + 3);

/** Where the value of a key lies when it is there exactly once, as a string of digits or base64; else nowhere, 0. */
function rangeOf(frame: Buffer, name: SlotName): { at: number; end: number } {
  const key = `"${name}"`;
  const keyAt = frame.indexOf(key);
  const nowhere = { at: 0, end: 0 };
  if (keyAt < 0 || frame.includes(key, keyAt + 1)) return nowhere;
  const opens = /^\s*:\s*"/.exec(frame.toString('latin1', keyAt + key.length, keyAt + key.length + 16));
  if (opens === null) return nowhere;
  const at = keyAt + key.length + opens[0].length;
  const end = name === 'payload' ? endOfBase64(frame, at) : endOfDigits(frame, at);
  return end > at && frame[end] === QUOTE ? { at, end } : nowhere;
}
