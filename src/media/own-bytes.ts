/**
 * Bytes for as long as a call: in memory of their own. Node cuts small buffers out of pieces of 8 KiB, and whoever keeps
 * one of them keeps the whole piece.
 */
export function ownBytes(from: string | Uint8Array): Buffer {
  const length = typeof from === 'string' ? Buffer.byteLength(from) : from.length;
  const bytes = Buffer.allocUnsafeSlow(length);
  if (typeof from === 'string') bytes.write(from);
  else bytes.set(from);
  return bytes;
}
