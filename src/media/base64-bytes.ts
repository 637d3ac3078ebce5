const SEXTET = new Uint8Array(256);
for (const [value, char] of Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  SEXTET[char] = value;

const sextet = (text: Uint8Array, at: number) => SEXTET[text[at] ?? 0] ?? 0;

/**
 * Decodes base64 text at `text[start, end)` into a ring of bytes, from `at` on;
 * past the ring's end it goes on at its beginning. Makes nothing: neither a text nor a buffer.
 * @param count - how many bytes to write at most; the text may stand for more, or fewer.
 * @returns how many were written.
 */
export function decodeIntoRing(
  text: Uint8Array,
  start: number,
  end: number,
  into: { readonly ring: Uint8Array; readonly at: number; readonly count: number },
): number {
  const { ring, count } = into;
  let at = into.at % ring.length;
  let written = 0;
  for (let i = start; i + 4 <= end && written < count; i += 4) {
    const group =
      (sextet(text, i) << 18) |
      (sextet(text, i + 1) << 12) |
      (sextet(text, i + 2) << 6) |
      sextet(text, i + 3);
    for (let shift = 16; shift >= 0 && written < count; shift -= 8) {
      ring[at] = (group >> shift) & 0xff;
      at = at + 1 === ring.length ? 0 : at + 1;
      written++;
    }
  }
  return written;
}
