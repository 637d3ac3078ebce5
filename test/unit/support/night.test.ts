import { expect, test } from 'vitest';
import { searchOf } from '../../support/night.ts';
import { seedLine } from '../../support/seed-line.ts';

/** An hour before midnight in UTC. */
const LATE = new Date('2026-11-30T23:00:00Z');
const LATER = new Date('2026-12-01T00:30:00Z');

test('a run by day has one seed on every day', () => {
  expect(searchOf({}, LATE)).toEqual({ isNight: false, seed: 20261125 });
  expect(searchOf({}, LATER)).toEqual(searchOf({}, LATE));
});

test('a run by night has the seed of its date', () => {
  expect(searchOf({ NIGHT: '1' }, LATE)).toEqual({ isNight: true, seed: 20261130 });
  expect(searchOf({ NIGHT: '1' }, LATER)).toEqual({ isNight: true, seed: 20261201 });
});

test('a run has the seed that is named, by day and by night', () => {
  expect(searchOf({ SEED: '7' }, LATE)).toEqual({ isNight: false, seed: 7 });
  expect(searchOf({ SEED: '-7', NIGHT: '1' }, LATE)).toEqual({ isNight: true, seed: -7 });
});

test.each(['seven', '1.5', '4294967296', 'NaN'])('a run is refused with the seed %s', (SEED) => {
  expect(() => searchOf({ SEED }, LATE)).toThrow(`SEED is a whole number of 32 bits, not ${SEED}`);
});

test('a run says first what it takes to run it again', () => {
  expect(seedLine({ isNight: false, seed: 7 })).toBe('by day: SEED=7\n');
  expect(seedLine({ isNight: true, seed: 7 })).toBe('by night: NIGHT=1 SEED=7\n');
});
