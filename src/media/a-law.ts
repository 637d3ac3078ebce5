/**
 * G.711 A-law to 16-bit linear PCM and back, by tables, and to the mu-law of a phone stream.
 *
 * As in `g711.ts` the tables hold what the reference code of ITU-T G.191 (`alaw_compress`,
 * `alaw_expand`) answers. Between the two laws a code goes by the sample that it stands for.
 */

import { decodeMuLaw, encodeMuLaw } from './g711.ts';

/** Every second bit of a code is turned over on the wire. */
const TURNED = 0x55;

/** One code of `alaw_compress`: a segment and the four bits below its first, of the sample in 12 bits. */
function compress(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const shift = Math.max(0, 27 - Math.clz32(magnitude));
  const code = magnitude < 16 ? magnitude : ((shift + 1) << 4) | ((magnitude >> shift) & 0x0f);
  return (sample < 0 ? code : code | 0x80) ^ TURNED;
}

function expand(code: number): number {
  const turned = (code ^ TURNED) & 0x7f;
  const segment = turned >> 4;
  const step = ((turned & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return code < 0x80 ? -magnitude : magnitude;
}

const CODE_OF = Uint8Array.from({ length: 65_536 }, (_, index) => compress(index - 32_768));
const SAMPLE_OF = Int16Array.from({ length: 256 }, (_, code) => expand(code));

const CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const A_LAW_OF = encodeALaw(decodeMuLaw(CODES));
const MU_LAW_OF = encodeMuLaw(SAMPLE_OF);

/** Encodes PCM samples as A-law, one byte each. */
export function encodeALaw(pcm: Int16Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pcm, (sample) => CODE_OF[sample + 32_768] ?? 0);
}

/** Decodes A-law to PCM samples. */
export function decodeALaw(codes: Uint8Array): Int16Array {
  return Int16Array.from(codes, (code) => SAMPLE_OF[code] ?? 0);
}

/** Turns mu-law into A-law where it stands. */
export function muLawToALaw(codes: Uint8Array): void {
  for (let at = 0; at < codes.length; at++) codes[at] = A_LAW_OF[codes[at] ?? 0] ?? 0;
}

/** Turns A-law into mu-law where it stands. */
export function aLawToMuLaw(codes: Uint8Array): void {
  for (let at = 0; at < codes.length; at++) codes[at] = MU_LAW_OF[codes[at] ?? 0] ?? 0;
}
