import { describe, expect, test } from 'vitest';
import { aLawToMuLaw, decodeALaw, encodeALaw, muLawToALaw } from '../../../src/media/a-law.ts';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';

/** `alaw_compress` of ITU-T G.191 (g711.c), step by step as it is printed there. */
function alawCompress(sample: number): number {
  let ix = sample < 0 ? ~sample >> 4 : sample >> 4;
  if (ix > 15) {
    let exponent = 1;
    while (ix > 16 + 15) {
      ix >>= 1;
      exponent++;
    }
    ix -= 16;
    ix += exponent << 4;
  }
  if (sample >= 0) ix |= 0x80;
  return ix ^ 0x55;
}

/** `alaw_expand` of the same. */
function alawExpand(code: number): number {
  const ix = (code ^ 0x55) & 0x7f;
  const exponent = ix >> 4;
  let mantissa = ix & 0x0f;
  if (exponent > 0) mantissa += 16;
  mantissa = (mantissa << 4) + 0x08;
  if (exponent > 1) mantissa <<= exponent - 1;
  return code > 127 ? mantissa : -mantissa;
}

const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const codes = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('G.711 A-law', () => {
  test('G.711 A-law encodes every 16-bit sample as G.191 does', () => {
    expect([...encodeALaw(samples)]).toEqual([...samples].map(alawCompress));
  });

  test('G.711 A-law decodes every code as G.191 does, and gives every code back', () => {
    expect([...decodeALaw(codes)]).toEqual([...codes].map(alawExpand));
    expect(encodeALaw(decodeALaw(codes))).toEqual(codes);
  });

  test('G.711 A-law knows the values that G.711 prints: the peaks, and the least', () => {
    expect([...decodeALaw(Uint8Array.of(0xaa, 0x2a, 0xd5, 0x55))]).toEqual([32_256, -32_256, 8, -8]);
  });
});

describe('between the two laws', () => {
  test('a code of one law goes to the other by the sample that it stands for', () => {
    const toA = Uint8Array.from(codes);
    muLawToALaw(toA);
    expect(toA).toEqual(encodeALaw(decodeMuLaw(codes)));
    const toMu = Uint8Array.from(codes);
    aLawToMuLaw(toMu);
    expect(toMu).toEqual(encodeMuLaw(decodeALaw(codes)));
  });

  test('a sample there and back between the two laws costs a step at most', () => {
    const back = Uint8Array.from(codes);
    muLawToALaw(back);
    aLawToMuLaw(back);
    const before = decodeMuLaw(codes);
    const after = decodeMuLaw(back);
    for (const [i, sample] of before.entries()) {
      expect(Math.abs((after[i] ?? 0) - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
    }
  });
});
