/**
 * G.711 mu-law to 16-bit linear PCM and back, by tables.
 *
 * The tables hold what the reference code of ITU-T G.191 (`ulaw_compress`,
 * `ulaw_expand`) answers, for all 65,536 samples and all 256 codes. Encoders
 * that many packages share differ from it by one step at segment edges.
 * Code 0x7F is negative zero: it decodes to 0, which encodes to 0xFF.
 */

/** G.191 works on 14 bits, with the bias of 33 that makes every segment start at a power of two. */
const BIAS = 33;
const CLIP = 0x1fff;

/** One code of `ulaw_compress`: the sample in 14 bits, its segment, and the four bits below the segment's first. */
function compress(sample: number): number {
  const magnitude = sample < 0 ? ((~sample >> 2) + BIAS) | 0 : (sample >> 2) + BIAS;
  const clipped = Math.min(magnitude, CLIP);
  const segment = 32 - Math.clz32(clipped >> 6);
  const code = ((7 - segment) << 4) | (0x0f - ((clipped >> (segment + 1)) & 0x0f));
  return sample < 0 ? code : code | 0x80;
}

function expand(code: number): number {
  const inverted = ~code & 0xff;
  const segment = (inverted >> 4) & 0x07;
  const step = 1 << (segment + 3);
  const magnitude = (0x80 << segment) + step * (inverted & 0x0f) + (step >> 1) - 4 * BIAS;
  return code < 0x80 ? -magnitude : magnitude;
}

const CODE_OF = Uint8Array.from({ length: 65_536 }, (_, index) => compress(index - 32_768));
const SAMPLE_OF = Int16Array.from({ length: 256 }, (_, code) => expand(code));

/** Encodes PCM samples as mu-law, one byte each. `into` may be longer. */
export function encodeMuLaw(pcm: Int16Array, into = new Uint8Array(pcm.length)): Uint8Array {
  for (let i = 0; i < pcm.length; i++) into[i] = CODE_OF[(pcm[i] ?? 0) + 32_768] ?? 0;
  return into;
}

/** Decodes mu-law to PCM samples. `into` may be longer. */
export function decodeMuLaw(codes: Uint8Array, into = new Int16Array(codes.length)): Int16Array {
  for (let i = 0; i < codes.length; i++) into[i] = SAMPLE_OF[codes[i] ?? 0] ?? 0;
  return into;
}
