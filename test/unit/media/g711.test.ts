import { describe, expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';

/** `ulaw_compress` of ITU-T G.191 (g711.c), step by step as it is printed there. */
function ulawCompress(sample: number): number {
  let absolute = sample < 0 ? ((~sample >> 2) & 0x3fff) + 33 : (sample >> 2) + 33;
  if (absolute > 0x1fff) absolute = 0x1fff;
  let segment = 1;
  for (let i = absolute >> 6; i !== 0; i >>= 1) segment++;
  const high = 0x08 - segment;
  const low = 0x0f - ((absolute >> segment) & 0x0f);
  const code = (high << 4) | low;
  return sample >= 0 ? code | 0x80 : code;
}

/** `ulaw_expand` of the same. */
function ulawExpand(code: number): number {
  const sign = code < 0x80 ? -1 : 1;
  let mantissa = ~code;
  const exponent = (mantissa >> 4) & 0x07;
  const segment = exponent + 1;
  mantissa &= 0x0f;
  const step = 4 << segment;
  return sign * ((0x80 << exponent) + step * mantissa + step / 2 - 4 * 33);
}

const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
const positive = (value: number) => value + 0; // -0 and 0 are the same sample.

describe('G.711 mu-law', () => {
  test('G.711 mu-law encodes every 16-bit sample as G.191 does', () => {
    expect([...encodeMuLaw(samples)]).toEqual([...samples].map(ulawCompress));
  });

  test('G.711 mu-law decodes every code as G.191 does', () => {
    expect([...decodeMuLaw(codes)].map(positive)).toEqual([...codes].map(ulawExpand).map(positive));
  });

  test('G.711 mu-law gives every code back but negative zero', () => {
    const back = encodeMuLaw(decodeMuLaw(codes));
    expect([...codes].filter((code) => back[code] !== code)).toEqual([0x7f]);
  });

  test('G.711 mu-law knows the values that G.711 prints: the peaks, and silence', () => {
    expect([...decodeMuLaw(Uint8Array.of(0x00, 0x80, 0xff))]).toEqual([-32_124, 32_124, 0]);
  });

  test('G.711 mu-law writes into a buffer that it is given', () => {
    const into = new Uint8Array(4).fill(9);
    encodeMuLaw(Int16Array.of(0, 0), into);
    expect([...into]).toEqual([0xff, 0xff, 9, 9]);
  });
});
