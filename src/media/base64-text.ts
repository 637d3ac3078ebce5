/** 480 bytes are 640 characters exactly: the shortest cut at whole frames that needs no decoding. */
export const CUT_CHARS = 640;

const EQUALS = 0x3d;

/** True when base64 text at `[start, end)` ends in padding: text after it could not be read on. */
export function isPadded(text: Uint8Array, start: number, end: number): boolean {
  return end > start && text[end - 1] === EQUALS;
}

/** How many bytes the base64 text at `[start, end)` stands for, padded or not. Arithmetic; nothing is decoded. */
export function decodedLength(text: Uint8Array, start: number, end: number): number {
  let chars = end - start;
  while (chars > 0 && text[start + chars - 1] === EQUALS) chars--;
  return Math.floor((chars * 3) / 4);
}

/** How many characters that many bytes take, padding included. */
export function encodedLength(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
