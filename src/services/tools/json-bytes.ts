/** A text as it stands in JSON: how much of it fits, counted in bytes of UTF-8 with quotes and escapes. */
export interface MeasuredText {
  readonly bytes: number;
  /** Code units that fit; all of them when it is whole. */
  readonly end: number;
  readonly isWhole: boolean;
}

/** Control characters, except the line end and the tab: no data of others draws on an operator's terminal. */
const CONTROL = /(?:(?![\n\t])\p{Cc})+/gu;
/** Half a character has no UTF-8, and some readers of JSON refuse its escape. */
const HALF = /\p{Surrogate}/gu;
const QUOTES = 2;

/** The text as it is written: without control characters and halves of characters. */
export const cleanText = (text: string): string => text.replaceAll(CONTROL, '').replaceAll(HALF, '\uFFFD');

/**
 * Measures a text as `cleanText` leaves it. Reads no further than fits.
 *
 * @param spare - bytes that must be left when it is not whole.
 */
export function measureText(text: string, maxBytes: number, spare = 0): MeasuredText {
  let bytes = QUOTES;
  let cutBytes = bytes;
  let cutEnd = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    const isPair = (code & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    bytes += isPair ? 4 : bytesOfUnit(code);
    if (bytes > maxBytes) return { bytes: cutBytes, end: cutEnd, isWhole: false };
    at += isPair ? 2 : 1;
    if (bytes + spare <= maxBytes) {
      cutBytes = bytes;
      cutEnd = at;
    }
  }
  return { bytes, end: text.length, isWhole: bytes <= maxBytes };
}

function bytesOfUnit(code: number): number {
  if (code === 0x22 || code === 0x5c || code === 0x0a || code === 0x09) return 2;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x80) return 1;
  return code < 0x800 ? 2 : 3;
}
