import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Playback } from '../../../../src/simulator/carrier/playback.ts';
import { holds } from '../../../support/properties.ts';

/** Audio of a length in milliseconds, every byte of it `value`. */
const audio = (ms: number, value = 1) => new Uint8Array(ms * 8).fill(value);

describe('the playback buffer of the carrier', () => {
  test('the playback buffer of the carrier plays in order, and returns a mark once all before it was heard', () => {
    const playback = new Playback();
    playback.add(0, audio(100));
    playback.mark(0, 'first');
    playback.add(10, audio(50));
    playback.mark(10, 'second');
    expect(playback.takeMarks(99)).toEqual([]);
    expect(playback.nextMarkAtMs).toBe(100);
    expect(playback.takeMarks(100)).toEqual(['first']);
    expect(playback.isPlaying(149)).toBe(true);
    expect(playback.takeMarks(150)).toEqual(['second']);
    expect(playback.isPlaying(150)).toBe(false);
    expect(playback.takeMarks(1000)).toEqual([]);
  });

  test('the playback buffer of the carrier returns a mark at once when nothing is buffered', () => {
    const playback = new Playback();
    playback.mark(40, 'alone');
    expect(playback.takeMarks(40)).toEqual(['alone']);
  });

  test('the playback buffer of the carrier drops the rest on clear, returns all marks, and knows what was heard', () => {
    const playback = new Playback();
    playback.add(0, audio(100, 1));
    playback.mark(0, 'heard');
    playback.add(0, audio(100, 2));
    playback.mark(0, 'half');
    playback.add(0, audio(100, 3));
    playback.mark(0, 'unheard');
    expect(playback.takeMarks(100)).toEqual(['heard']);
    expect(playback.clear(130.125)).toEqual({ marks: ['half', 'unheard'], droppedMs: 169.875 });
    expect(playback.pieces.map((piece) => piece.audibleBytes)).toEqual([800, 241, 0]);
    expect(playback.isPlaying(131)).toBe(false);
    playback.add(200, audio(10, 4));
    expect(playback.pieces[3]?.startsAtMs).toBe(200);
    const heard = playback.render(220);
    expect(heard[1040]).toBe(2);
    expect(heard[1041]).toBe(0xff);
    expect([...heard.subarray(1600, 1680)]).toEqual(new Array(80).fill(4));
    expect(heard).toHaveLength(1760);
  });

  test('the playback buffer of the carrier starts again with the next piece after it ran dry', () => {
    const playback = new Playback();
    playback.add(0, audio(20));
    playback.add(100, audio(20));
    expect(playback.endsAtMs).toBe(120);
    expect(playback.bytesHeardBy(110)).toBe(240);
  });

  const step = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      gap: fc.nat(300),
      bytes: fc.integer({ min: 1, max: 4000 }),
    }),
    fc.record({ kind: fc.constant('mark' as const), gap: fc.nat(300), bytes: fc.constant(0) }),
    fc.record({ kind: fc.constant('clear' as const), gap: fc.nat(300), bytes: fc.constant(0) }),
  );

  test('the playback buffer of the carrier hears at most 8 bytes a millisecond, and returns marks once, in order', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const playback = new Playback();
        const returned: string[] = [];
        let now = 0;
        let sent = 0;
        let marks = 0;
        for (const { kind, gap, bytes } of steps) {
          const before = playback.bytesHeardBy(now);
          now += gap;
          returned.push(...playback.takeMarks(now));
          expect(playback.bytesHeardBy(now) - before).toBeLessThanOrEqual(gap * 8);
          if (kind === 'add') playback.add(now, new Uint8Array(bytes).fill(7));
          if (kind === 'mark') playback.mark(now, `m${String(marks++)}`);
          if (kind === 'clear') returned.push(...playback.clear(now).marks);
          sent += bytes;
        }
        now += 1e6;
        returned.push(...playback.takeMarks(now));
        expect(playback.bytesHeardBy(now)).toBeLessThanOrEqual(sent);
        expect(returned).toEqual(Array.from({ length: marks }, (_, i) => `m${String(i)}`));
        const audible = playback
          .render(playback.endsAtMs)
          .reduce((sum, byte) => sum + (byte === 7 ? 1 : 0), 0);
        expect(audible).toBe(playback.bytesHeardBy(now));
      }),
    );
  });
});
