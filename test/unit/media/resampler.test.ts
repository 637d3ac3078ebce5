import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Resampler } from '../../../src/media/resampler.ts';
import { holds } from '../../support/properties.ts';

const tone = (hz: number, rate: number, seconds: number) =>
  Int16Array.from({ length: rate * seconds }, (_, i) =>
    Math.round(30_000 * Math.sin((2 * Math.PI * hz * i) / rate)),
  );

function inChunks(resampler: Resampler, pcm: Int16Array, size: number): Int16Array {
  const out: number[] = [];
  for (let i = 0; i < pcm.length; i += size) out.push(...resampler.push(pcm.subarray(i, i + size)));
  return Int16Array.from(out);
}

/** Fits a sine of that frequency by least squares; decibels of it, and of what is left, against full scale. */
function measure(pcm: Int16Array, hz: number, rate: number) {
  const n = pcm.length;
  const w = (2 * Math.PI * hz) / rate;
  let [cc, ss, cs, yc, ys] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [c, s, y] = [Math.cos(w * i), Math.sin(w * i), pcm[i] ?? 0];
    cc += c * c;
    ss += s * s;
    cs += c * s;
    yc += y * c;
    ys += y * s;
  }
  const determinant = cc * ss - cs * cs;
  const a = (yc * ss - ys * cs) / determinant;
  const b = (ys * cc - yc * cs) / determinant;
  let rest = 0;
  for (let i = 0; i < n; i++) {
    const fitted = a * Math.cos(w * i) + b * Math.sin(w * i);
    rest += ((pcm[i] ?? 0) - fitted) ** 2 / n;
  }
  const power = (a * a + b * b) / 2;
  return { gainDb: 10 * Math.log10(power / (30_000 ** 2 / 2)), snrDb: 10 * Math.log10(power / rest) };
}

const middle = (pcm: Int16Array) => pcm.subarray(pcm.length / 4, (pcm.length * 3) / 4);
const rates = [8000, 16_000, 24_000];
const pairs = rates.flatMap((from) => rates.filter((to) => to !== from).map((to) => [from, to] as const));

describe('the resampler', () => {
  test.each(pairs)(
    'the resampler keeps a 1 kHz tone, %i to %i Hz: noise at least 90 dB below, gain within 0.1 dB',
    (from, to) => {
      const out = inChunks(new Resampler(from, to), tone(1000, from, 1), from / 50);
      const { snrDb, gainDb } = measure(middle(out), 1000, to);
      expect(snrDb).toBeGreaterThanOrEqual(90);
      expect(Math.abs(gainDb)).toBeLessThan(0.1);
    },
  );

  test.each([
    [24_000, 8000, 5000],
    [24_000, 8000, 9000],
    [16_000, 8000, 5000],
    [24_000, 16_000, 10_000],
  ])(
    'the resampler lets nothing above the new band fold into it, %i to %i Hz: %i Hz is 90 dB down',
    (from, to, hz) => {
      // A tone below the band goes with it, or rounding to 16 bits would hide what is smaller than one step.
      const high = tone(hz, from, 1);
      const both = tone(310, from, 1).map((sample, i) => sample / 2 + (high[i] ?? 0) / 2);
      const out = middle(inChunks(new Resampler(from, to), both, from / 50));
      const halfOfFullScale = 20 * Math.log10(2);
      const alias = Math.abs(hz - to * Math.round(hz / to));
      expect(measure(out, alias, to).gainDb + halfOfFullScale).toBeLessThanOrEqual(-90);
    },
  );

  test.each(pairs)('the resampler delays by at most 5 ms, %i to %i Hz', (from, to) => {
    const pcm = new Int16Array(from / 10);
    pcm[from / 20] = 30_000;
    const out = new Resampler(from, to).push(pcm);
    const peak = out.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(out[best] ?? 0) ? i : best), 0);
    const delayMs = (peak / to - 0.05) * 1000;
    expect(delayMs).toBeGreaterThanOrEqual(0);
    expect(delayMs).toBeLessThanOrEqual(5);
  });

  test('the resampler gives the same samples however the stream is cut into chunks', () => {
    const pcm = tone(440, 8000, 0.1);
    for (const [from, to] of pairs) {
      const whole = new Resampler(from, to).push(pcm);
      holds(
        fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 12 }), (sizes) => {
          const resampler = new Resampler(from, to);
          const out: number[] = [];
          let at = 0;
          for (const size of [...sizes, pcm.length]) {
            out.push(...resampler.push(pcm.subarray(at, Math.min(pcm.length, at + size))));
            at = Math.min(pcm.length, at + size);
          }
          expect(out).toEqual([...whole]);
        }),
        { runs: 30 },
      );
    }
  });

  test('the resampler clips instead of wrapping round', () => {
    const square = Int16Array.from({ length: 800 }, (_, i) => (i % 80 < 40 ? 32_767 : -32_768));
    const out = new Resampler(8000, 24_000).push(square);
    const settled = out.subarray(200);
    // A wrapped sample would stand at the far end between two of the near end.
    for (let i = 1; i < settled.length; i++) {
      expect(Math.abs((settled[i] ?? 0) - (settled[i - 1] ?? 0))).toBeLessThan(50_000);
    }
  });
});
