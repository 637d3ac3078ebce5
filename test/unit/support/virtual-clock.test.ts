import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { holds } from '../../support/properties.ts';

describe('the virtual clock', () => {
  test('the virtual clock fires timers in the order of their times, ties in the order they were set', () => {
    holds(
      fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.array(fc.nat(59)), (delays, cleared) => {
        const clock = new VirtualClock();
        const fired: { delay: number; index: number }[] = [];
        const ids = delays.map((delay, index) =>
          clock.setTimeout(() => {
            expect(clock.now()).toBe(delay);
            fired.push({ delay, index });
          }, delay),
        );
        for (const index of cleared) clock.clearTimeout(ids[index]);
        clock.advance(50);
        const expected = delays
          .map((delay, index) => ({ delay, index }))
          .filter(({ index }) => !cleared.includes(index))
          .sort((a, b) => a.delay - b.delay || a.index - b.index);
        expect(fired).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  test('the virtual clock shows a chained timer its exact time', () => {
    const clock = new VirtualClock(1000);
    const seen: number[] = [];
    const tick = () => {
      seen.push(clock.now());
      if (seen.length < 4) clock.setTimeout(tick, 20);
    };
    clock.setTimeout(tick, 20);
    clock.advance(200);
    expect(seen).toEqual([1020, 1040, 1060, 1080]);
    expect(clock.now()).toBe(1200);
  });

  test('the virtual clock settles promises between timers when it runs', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => order.push('promise of the first')), 10);
    clock.setTimeout(() => order.push('second'), 20);
    await clock.run(20);
    expect(order).toEqual(['promise of the first', 'second']);
  });

  test('the virtual clock keeps a timer that is not due', () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => {
      throw new Error('fired early');
    }, 101);
    clock.advance(100);
    expect(clock.pending).toBe(1);
  });
});
