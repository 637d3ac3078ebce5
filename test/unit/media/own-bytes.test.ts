import { expect, test } from 'vitest';
import { ownBytes } from '../../../src/media/own-bytes.ts';

test.each(['', 'MZ1', 'naïve'])('bytes of %j that are kept have memory of their own', (text) => {
  for (const bytes of [ownBytes(text), ownBytes(Buffer.from(text))]) {
    expect(bytes.toString()).toBe(text);
    expect(bytes.buffer.byteLength).toBe(Buffer.byteLength(text));
  }
});
