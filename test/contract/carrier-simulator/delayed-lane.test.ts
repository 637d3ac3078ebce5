import { expect, test } from 'vitest';
import { DelayedLane } from '../../../src/simulator/carrier/delayed-lane.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

test('a lane without a delay delivers within the call that sends', () => {
  const arrived: number[] = [];
  new DelayedLane<number>(new VirtualClock(), 0, (n) => arrived.push(n)).push(1);
  expect(arrived).toEqual([1]);
});

test('a lane whose messages have delays of their own lets none overtake another', () => {
  const clock = new VirtualClock();
  const arrived: [number, number][] = [];
  const delays = [30, 0, 10, 0];
  const lane = new DelayedLane<number>(
    clock,
    () => delays.shift() ?? 0,
    (n) => arrived.push([n, clock.now()]),
  );
  lane.push(1);
  lane.push(2);
  clock.advance(25);
  lane.push(3);
  expect(arrived).toEqual([]);
  clock.advance(100);
  lane.push(4);
  expect(arrived).toEqual([
    [1, 30],
    [2, 30],
    [3, 35],
    [4, 125],
  ]);
});

test('a lane delivers in order when the timers of its clock overtake each other', () => {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    steady: () => 0,
    setTimeout: (fn: () => void) => timers.push(fn),
    clearTimeout: () => undefined,
  };
  const arrived: number[] = [];
  const lane = new DelayedLane<number>(clock, 10, (n) => arrived.push(n));
  for (const n of [1, 2, 3]) lane.push(n);
  for (const fire of timers.toReversed()) fire();
  expect(arrived).toEqual([1, 2, 3]);
});

test('a lane tells when nothing is under way, and what it drops never arrives', () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const lane = new DelayedLane<string>(clock, 10, (text) => told.push(text));
  lane.whenEmpty(() => told.push('empty'));
  lane.push('one');
  lane.whenEmpty(() => told.push('empty again'));
  clock.advance(10);
  lane.push('lost');
  lane.drop();
  clock.advance(100);
  expect(told).toEqual(['empty', 'one', 'empty again']);
  expect(clock.pending).toBe(0);
});
