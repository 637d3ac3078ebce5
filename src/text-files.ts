import { EngineError } from './errors.ts';

/**
 * The text of a file as people save it: UTF-8, with or without the mark that
 * Windows puts before it, or UTF-16 with one.
 *
 * @throws {EngineError} `REQUEST_INVALID` when it is neither, such as Latin-1: read as something else its words would be nonsense.
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below.
  }
  throw new EngineError('REQUEST_INVALID', 'is not UTF-8');
}
