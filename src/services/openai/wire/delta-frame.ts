import type { AudioTag } from '../../../media/heard.ts';
import { ownBytes } from '../../../media/own-bytes.ts';
import { isPlainText } from './plain-text.ts';

/**
 * Finds the audio, or its words, in a delta frame by bytes.
 *
 * Deltas are nine tenths of what a session sends. Parsing them as JSON costs
 * more than passing them on, and makes three strings of each. So a frame is
 * walked once, key by key, and the delta is told as a range of the frame.
 *
 * It takes only what it is sure of: one flat object without white space or
 * escapes, as the service writes it. Anything else answers false and goes the
 * slow way, through the schema: correctness never rests on the layout.
 */
export class DeltaFrame {
  /** Whose delta the last frame carried. One object for as long as it stays the same. */
  tag: AudioTag = { responseId: '', itemId: '', contentIndex: 0 };
  /** Printable ASCII at `frame[start, end)` of the last frame: base64, or words without an escape. */
  start = 0;
  end = 0;

  readonly #type: Buffer;
  #frame: Buffer = Buffer.alloc(0);
  #at = 0;
  #responseId: Buffer = Buffer.alloc(0);
  #itemId: Buffer = Buffer.alloc(0);

  /** @param type - the frame type that carries such deltas, by the session's dialect. */
  constructor(type: string) {
    this.#type = ownBytes(type);
  }

  /** True when the frame is such a delta; `tag`, `start` and `end` then tell what is in it. */
  read(frame: Buffer): boolean {
    this.#frame = frame;
    this.#at = 1;
    if (frame[0] !== OPEN) return false;
    let seen = 0;
    let contentIndex = 0;
    let response = NOWHERE;
    let item = NOWHERE;
    let delta = NOWHERE;
    for (;;) {
      const key = this.#string();
      if (key === undefined || !this.#skip(COLON)) return false;
      const name = this.#nameOf(key);
      if ((seen & name) !== 0) return false; // Said twice: let JSON decide which one counts.
      seen |= name;
      if (name === CONTENT_INDEX) {
        const digits = this.#integer();
        if (digits === undefined) return false;
        contentIndex = digits;
      } else {
        const value = name === DELTA ? this.#audio() : this.#value(name === OTHER);
        if (value === undefined) return false;
        if (name === TYPE && !this.#holds(value, this.#type)) return false;
        if (name === RESPONSE_ID) response = value;
        if (name === ITEM_ID) item = value;
        if (name === DELTA) delta = value;
      }
      if (this.#skip(COMMA)) continue;
      if (!this.#skip(CLOSE) || this.#at !== frame.length) return false;
      break;
    }
    if ((seen & NEEDED) !== NEEDED) return false;
    this.#recordTag(response, item, contentIndex);
    this.start = delta.start;
    this.end = delta.end;
    return true;
  }

  /** Makes strings only when the item changes. */
  #recordTag(response: Range, item: Range, contentIndex: number): void {
    const isSame =
      this.#holds(response, this.#responseId) &&
      this.#holds(item, this.#itemId) &&
      this.tag.contentIndex === contentIndex;
    if (isSame) return;
    this.#responseId = ownBytes(this.#frame.subarray(response.start, response.end));
    this.#itemId = ownBytes(this.#frame.subarray(item.start, item.end));
    this.tag = {
      responseId: this.#responseId.toString('latin1'),
      itemId: this.#itemId.toString('latin1'),
      contentIndex,
    };
  }

  /** Names differ in length, so that one comparison is enough. */
  #nameOf(key: Range): number {
    const name = NAMES[key.end - key.start];
    return name !== undefined && this.#holds(key, name.text) ? name.bit : OTHER;
  }

  /** By hand: the texts are short, and a call into native code costs more than the comparison. */
  #holds({ start, end }: Range, text: Buffer): boolean {
    if (end - start !== text.length) return false;
    for (let at = 0; at < text.length; at++) if (this.#frame[start + at] !== text[at]) return false;
    return true;
  }

  #skip(byte: number): boolean {
    if (this.#frame[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  /** A string of printable ASCII without escapes; every other one is JSON's to read. */
  #string(): Range | undefined {
    if (!this.#skip(QUOTE)) return undefined;
    const frame = this.#frame;
    const start = this.#at;
    for (let at = start; at < frame.length; at++) {
      const byte = frame[at] ?? 0;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return { start, end: at };
      }
      if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return undefined;
    }
    return undefined;
  }

  /** The same for a text that is long: its end is found, and its bytes are checked, many at a time. */
  #audio(): Range | undefined {
    if (!this.#skip(QUOTE)) return undefined;
    const start = this.#at;
    const end = this.#frame.indexOf(QUOTE, start);
    if (end === -1 || !isPlainText(this.#frame, start, end)) return undefined;
    this.#at = end + 1;
    return { start, end };
  }

  #value(mayBeNumber: boolean): Range | undefined {
    if (!mayBeNumber || this.#frame[this.#at] === QUOTE) return this.#string();
    const start = this.#at;
    return this.#integer() === undefined ? undefined : { start, end: this.#at };
  }

  /** An index: up to four digits, and no zero in front. */
  #integer(): number | undefined {
    const start = this.#at;
    let value = 0;
    for (; this.#at - start < 4; this.#at++) {
      const digit = (this.#frame[this.#at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const length = this.#at - start;
    return length === 0 || (length > 1 && this.#frame[start] === ZERO) ? undefined : value;
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}
const NOWHERE: Range = { start: 0, end: 0 };

const [OTHER, TYPE, RESPONSE_ID, ITEM_ID, CONTENT_INDEX, DELTA] = [0, 1, 2, 4, 8, 16] as const;
const NEEDED = TYPE | RESPONSE_ID | ITEM_ID | DELTA;
/** By the length of the name. */
const NAMES: readonly ({ readonly text: Buffer; readonly bit: number } | undefined)[] = byLength([
  ['type', TYPE],
  ['response_id', RESPONSE_ID],
  ['item_id', ITEM_ID],
  ['content_index', CONTENT_INDEX],
  ['delta', DELTA],
]);

function byLength(names: readonly (readonly [string, number])[]) {
  const table: ({ text: Buffer; bit: number } | undefined)[] = Array.from({ length: 16 }, () => undefined);
  for (const [name, bit] of names) table[name.length] = { text: Buffer.from(name), bit };
  return table;
}

const [OPEN, CLOSE, QUOTE, COLON, COMMA] = [0x7b, 0x7d, 0x22, 0x3a, 0x2c] as const;
const [BACKSLASH, SPACE, TILDE, ZERO] = [0x5c, 0x20, 0x7e, 0x30] as const;
