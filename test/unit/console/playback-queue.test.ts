import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlaybackQueue } from '../../../console/softphone/playback-queue.ts';
import { encodeMuLaw } from '../../../src/media/g711.ts';
import { Playback } from '../../../src/simulator/carrier/playback.ts';
import { holds } from '../../support/properties.ts';

/** Samples that a browser asks for at a time. */
const TICK = 128;

/** Mu-law of a steady level, so that every byte of it is seen in the output. */
const steady = (ms: number, sample = 8000) => encodeMuLaw(new Int16Array(ms * 8).fill(sample));

/** Plays so many ms; answers the samples, and the marks with the time at which each came, in ms. */
function listen(queue: PlaybackQueue, ms: number, hz: number, fromMs = 0) {
  const samples: number[] = [];
  const marks: [name: string, atMs: number][] = [];
  const out = new Float32Array(TICK);
  while (samples.length < (ms * hz) / 1000) {
    queue.render(out);
    samples.push(...out);
    for (const name of queue.takeMarks()) marks.push([name, fromMs + (samples.length * 1000) / hz]);
  }
  return { samples, marks };
}

describe('the playback queue of the softphone', () => {
  test('the playback queue of the softphone plays what was added at the rate of the speaker', () => {
    const queue = new PlaybackQueue({ outputHz: 48_000, prefillMs: 0 });
    queue.add(steady(100));
    const { samples } = listen(queue, 200, 48_000);
    const audible = samples.filter((sample) => Math.abs(sample) > 0.1).length;
    expect(audible / 48).toBeGreaterThan(97);
    expect(audible / 48).toBeLessThan(101);
    expect(samples.slice(1000, 4000).every((sample) => Math.abs(sample - 8000 / 32_768) < 0.01)).toBe(true);
    expect(queue.playedMs).toBe(100);
    expect(queue.queuedMs).toBe(0);
  });

  test.each([44_100, 48_000])(
    'the playback queue of the softphone returns a mark when the sample before it was played, at %i Hz',
    (hz) => {
      const queue = new PlaybackQueue({ outputHz: hz, prefillMs: 0 });
      queue.add(steady(50));
      queue.mark('fifty');
      queue.add(steady(33));
      queue.mark('eighty-three');
      const { marks } = listen(queue, 200, hz);
      expect(marks.map(([name]) => name)).toEqual(['fifty', 'eighty-three']);
      const tickMs = (TICK * 1000) / hz;
      for (const [[, atMs], dueMs] of [
        [marks[0] ?? ['', 0], 50] as const,
        [marks[1] ?? ['', 0], 83] as const,
      ]) {
        expect(atMs).toBeGreaterThanOrEqual(dueMs - 0.05);
        expect(atMs).toBeLessThan(dueMs + tickMs + 0.05);
      }
    },
  );

  test('the playback queue of the softphone holds a mark until the speaker itself has played up to it', () => {
    const queue = new PlaybackQueue({ outputHz: 48_000, prefillMs: 0 });
    queue.setLag(0.2);
    queue.add(steady(40));
    queue.mark('end');
    const [mark] = listen(queue, 400, 48_000).marks;
    expect(mark?.[1]).toBeGreaterThanOrEqual(240);
    expect(mark?.[1]).toBeLessThan(244);
  });

  test('the playback queue of the softphone returns a mark at once when nothing is on its way to the ear', () => {
    const queue = new PlaybackQueue({ outputHz: 48_000 });
    queue.setLag(0.2);
    queue.mark('first');
    expect(queue.takeMarks()).toEqual(['first']);
    queue.add(steady(20));
    listen(queue, 500, 48_000);
    queue.mark('later');
    expect(queue.takeMarks()).toEqual(['later']);
  });

  test('the playback queue forgets the rest on clear, gives back marks that wait, and is silent within 4 ms', () => {
    const queue = new PlaybackQueue({ outputHz: 48_000, prefillMs: 0 });
    queue.setLag(0.5);
    queue.add(steady(30));
    queue.mark('played, not yet heard');
    queue.add(steady(1000));
    queue.mark('unplayed');
    expect(listen(queue, 48, 48_000).marks).toEqual([]);
    const playedMs = queue.playedMs;
    expect(playedMs).toBeCloseTo(48, 1);
    expect(queue.clear()).toEqual(['played, not yet heard', 'unplayed']);
    const { samples, marks } = listen(queue, 600, 48_000);
    expect(samples.slice(4 * 48).every((sample) => sample === 0)).toBe(true);
    const steps = samples.slice(0, 4 * 48).map((sample, i) => Math.abs(sample - (samples[i + 1] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect(marks).toEqual([]);
    expect(queue.playedMs).toBe(playedMs);
    expect(queue.queuedMs).toBe(0);
  });

  test('the playback queue of the softphone begins when 60 ms are there, or when less has waited that long', () => {
    const full = new PlaybackQueue({ outputHz: 48_000 });
    full.add(steady(60));
    expect(listen(full, TICK / 48, 48_000).samples.at(-1)).not.toBe(0);

    const short = new PlaybackQueue({ outputHz: 48_000 });
    short.add(steady(20));
    short.mark('short');
    const [mark] = listen(short, 200, 48_000).marks;
    expect(mark?.[1]).toBeGreaterThanOrEqual(80);
    expect(mark?.[1]).toBeLessThan(86);
  });

  const step = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      ticks: fc.nat(20),
      bytes: fc.integer({ min: 1, max: 2000 }),
    }),
    fc.record({ kind: fc.constant('mark' as const), ticks: fc.nat(20), bytes: fc.constant(0) }),
    fc.record({ kind: fc.constant('clear' as const), ticks: fc.nat(20), bytes: fc.constant(0) }),
  );

  test('the playback queue agrees with the simulated carrier on what was heard and which marks are due', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new PlaybackQueue({ outputHz: 8000, prefillMs: 0 });
        const carrier = new Playback();
        const out = new Float32Array(8);
        const mine: string[] = [];
        const theirs: string[] = [];
        let now = 0;
        steps.forEach(({ kind, ticks, bytes }, index) => {
          for (let i = 0; i < ticks; i++) {
            queue.render(out);
            mine.push(...queue.takeMarks());
          }
          now += ticks;
          theirs.push(...carrier.takeMarks(now));
          expect(queue.playedMs * 8).toBe(carrier.bytesHeardBy(now));
          if (kind === 'add') {
            queue.add(new Uint8Array(bytes));
            carrier.add(now, new Uint8Array(bytes));
          }
          if (kind === 'mark') {
            queue.mark(String(index));
            carrier.mark(now, String(index));
          }
          if (kind === 'clear') {
            mine.push(...queue.clear());
            theirs.push(...carrier.clear(now).marks);
          }
          mine.push(...queue.takeMarks());
          theirs.push(...carrier.takeMarks(now));
          expect(mine).toEqual(theirs);
        });
      }),
    );
  });
});
