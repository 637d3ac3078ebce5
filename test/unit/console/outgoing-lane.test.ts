import { describe, expect, test } from 'vitest';
import { OutgoingLane } from '../../../console/softphone/outgoing-lane.ts';
import { decodeMuLaw } from '../../../src/media/g711.ts';
import { SILENCE } from '../../../src/media/mu-law.ts';

function lane(hz = 48_000) {
  const frames: Uint8Array[] = [];
  const typed: (string | undefined)[] = [];
  const peaks: number[] = [];
  let said = 0;
  const outgoing = new OutgoingLane(hz, {
    frame: (audio, peak, words) => {
      frames.push(audio);
      typed.push(words);
      peaks.push(peak);
    },
    said: () => said++,
  });
  return { outgoing, frames, typed, peaks, said: () => said };
}

const tone = (ms: number, hz: number, level = 0.5) =>
  Float32Array.from({ length: (ms * hz) / 1000 }, (_, i) => level * Math.sin((2 * Math.PI * 440 * i) / hz));

function inTicks(outgoing: OutgoingLane, samples: Float32Array) {
  for (let i = 0; i < samples.length; i += 128) outgoing.push(samples.subarray(i, i + 128));
}

describe('the outgoing lane of the softphone', () => {
  test.each([44_100, 48_000, 16_000])(
    'the outgoing lane of the softphone makes 50 frames of 160 bytes from a second at %i Hz',
    (hz) => {
      const { outgoing, frames, peaks } = lane(hz);
      inTicks(outgoing, tone(1000, hz));
      expect(frames).toHaveLength(50);
      expect(frames.every(({ length }) => length === 160)).toBe(true);
      const loudest = frames.slice(1).map((frame) => Math.max(...decodeMuLaw(frame)) / 32_768);
      expect(loudest.every((peak) => Math.abs(peak - 0.5) < 0.03)).toBe(true);
      expect(peaks.every((peak) => Math.abs(peak - 0.5) < 0.01)).toBe(true);
    },
  );

  test('the outgoing lane of the softphone goes on with silence when there is no microphone, and when it is muted', () => {
    const { outgoing, frames } = lane();
    for (let i = 0; i < 15; i++) outgoing.push(128);
    outgoing.isMuted = true;
    inTicks(outgoing, tone(40, 48_000));
    expect(frames.length).toBeGreaterThanOrEqual(4);
    expect(frames.every((frame) => frame.every((code) => code === SILENCE))).toBe(true);
  });

  test('the outgoing lane says words in place of the microphone, fills their last frame, tells when they end', () => {
    const { outgoing, frames, typed, said } = lane();
    outgoing.say(new Uint8Array(200).fill(0x10), 'two frames');
    outgoing.say(new Uint8Array(160).fill(0x20));
    inTicks(outgoing, tone(40, 48_000));
    expect(said()).toBe(0);
    inTicks(outgoing, tone(40, 48_000));
    expect(said()).toBe(1);
    expect(typed.slice(0, 3)).toEqual(['two frames', undefined, undefined]);
    expect([...(frames[0] ?? [])]).toEqual(new Array(160).fill(0x10));
    expect([...(frames[1] ?? [])]).toEqual([
      ...new Array<number>(40).fill(0x10),
      ...new Array<number>(120).fill(SILENCE),
    ]);
    expect([...(frames[2] ?? [])]).toEqual(new Array(160).fill(0x20));
    expect(Math.max(...decodeMuLaw(frames[3] ?? new Uint8Array()))).toBeGreaterThan(10_000);
  });

  test('the outgoing lane of the softphone tells how loud the words are', () => {
    const { outgoing, peaks } = lane();
    outgoing.say(new Uint8Array(160).fill(0x80)); // The loudest code.
    outgoing.say(new Uint8Array(160).fill(SILENCE));
    inTicks(outgoing, tone(40, 48_000, 0));
    expect(peaks[0]).toBeCloseTo(0.98, 2);
    expect(peaks[1]).toBe(0);
  });

  test('the outgoing lane of the softphone clips what is louder than full scale', () => {
    const { outgoing, frames, peaks } = lane();
    inTicks(outgoing, new Float32Array(1920).fill(4));
    expect(peaks).toEqual([1, 1]);
    expect(decodeMuLaw(frames[1] ?? new Uint8Array())[80]).toBeGreaterThan(30_000);
  });
});
