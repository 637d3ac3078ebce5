import fc from 'fast-check';

/** A frame as any client would send it, by RFC 6455, 5.2. */
export function frame(data: string, { opcode = 1, fin = true, isMasked = true, rsv1 = false } = {}): Buffer {
  const bytes = Buffer.from(data);
  const lengths = Buffer.alloc(9);
  const mask = isMasked ? 0x80 : 0;
  let size = 1;
  if (bytes.length < 126) lengths[0] = mask | bytes.length;
  else if (bytes.length <= 0xffff) {
    lengths[0] = mask | 126;
    size = lengths.writeUInt16BE(bytes.length, 1);
  } else {
    lengths[0] = mask | 127;
    size = lengths.writeBigUInt64BE(BigInt(bytes.length), 1);
  }
  const key = isMasked ? Buffer.from([17, 42, 99, 3]) : Buffer.alloc(0);
  const masked = isMasked ? bytes.map((byte, i) => byte ^ (key[i % 4] ?? 0)) : bytes;
  const first = Buffer.from([(fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode]);
  return Buffer.concat([first, lengths.subarray(0, size), key, masked]);
}

const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom(125, 126, 127, 400, 0xffff, 0x10000).map((length) => 'x'.repeat(length)),
);
/** One message, in the frames that it comes in, and what may lie between them. */
const message = fc.oneof(
  { weight: 6, arbitrary: text.map((data) => [frame(data)]) },
  text.map((data) => [frame(data, { opcode: 2 })]),
  fc.constant([frame('are you there', { opcode: 9 })]),
  fc.tuple(text, text).map(([one, other]) => [frame(one, { fin: false }), frame(other, { opcode: 0 })]),
  fc
    .tuple(text, text)
    .map(([one, other]) => [
      frame(one, { fin: false }),
      frame('in between', { opcode: 9 }),
      frame(other, { opcode: 0 }),
    ]),
);
/** What ends a connection, by the peer's will or its fault. */
const mishap = fc.constantFrom(
  [frame('', { opcode: 8 })],
  [frame('of no known code', { opcode: 8 })],
  [frame('not masked', { isMasked: false })],
  [frame('deflated, it says', { rsv1: true })],
  [frame('no such kind', { opcode: 5 })],
  [frame('a rest of nothing', { opcode: 0 })],
  [frame('one', { fin: false }), frame('a text in the middle of another')],
);

/** What a peer sends, in the pieces that arrive: one for each frame, or cut anywhere. */
export const traffic = fc
  .record({
    before: fc.array(message, { maxLength: 8 }),
    wrong: fc.option(mishap, { nil: [] }),
    after: fc.array(message, { maxLength: 2 }),
    sizes: fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1 }),
    isCutAtFrames: fc.boolean(),
  })
  .map(({ before, wrong, after, sizes, isCutAtFrames }) => {
    const frames = [...before.flat(), ...wrong, ...after.flat()];
    if (isCutAtFrames) return frames;
    const stream = Buffer.concat(frames);
    const pieces: Buffer[] = [];
    for (let at = 0; at < stream.length;) {
      const size = sizes[pieces.length % sizes.length] ?? 1;
      pieces.push(stream.subarray(at, at + size));
      at += size;
    }
    return pieces;
  });
