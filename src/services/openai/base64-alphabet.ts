/** True when `text[start, end)` holds base64 digits only, with padding at the end or without. One look-up a byte. */
export function isBase64(text: Uint8Array, start: number, end: number): boolean {
  let last = end;
  while (last > start && end - last < 2 && text[last - 1] === PAD) last--;
  for (let at = start; at < last; at++) if (IS_DIGIT[text[at] ?? 0] !== 1) return false;
  return true;
}

const PAD = 0x3d;
const IS_DIGIT = new Uint8Array(256);
for (const digit of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')) {
  IS_DIGIT[digit] = 1;
}
