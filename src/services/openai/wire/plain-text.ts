import { isAscii } from 'node:buffer';

const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * True when `text[start, end)` is ASCII that JSON takes in a string as it
 * stands: no escape, no control character. Base64 is; nothing that could break
 * out of a JSON string is. Four bytes at a time, for texts of some thousand.
 */
export function isPlainText(text: Buffer, start: number, end: number): boolean {
  const part = text.subarray(start, end);
  if (!isAscii(part) || part.includes(BACKSLASH)) return false;
  const view = new DataView(part.buffer, part.byteOffset, part.length);
  const last = part.length - (part.length % 4);
  for (let at = 0; at < last; at += 4) {
    const bytes = view.getInt32(at);
    // The borrow of each byte below 0x20 sets its highest bit; ASCII has none set before.
    if (((bytes - 0x20202020) & 0x80808080) !== 0) return false;
  }
  for (let at = last; at < part.length; at++) if ((part[at] ?? 0) < SPACE) return false;
  return true;
}
