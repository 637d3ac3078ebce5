import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bookablePart,
  type Business,
  freeSpans,
  judgeSlot,
  openings,
  startsNear,
} from '../../../src/services/tools/diary/availability.ts';
import { contains, overlaps, type Span } from '../../../src/services/tools/diary/spans.ts';
import { profileOf } from '../../support/tool-call.ts';
import { holds } from '../../support/properties.ts';

const HOUR = 3_600_000;
const business = (more: object): Business => profileOf(more).business;
const span = (start: string, end: string): Span => ({ startMs: Date.parse(start), endMs: Date.parse(end) });
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

describe('openings', () => {
  test('openings follow the local clock over the night it is put forward', () => {
    const always = business({ hours: [{ days: ['sat', 'sun'], from: '09:00', to: '17:00' }] });
    expect(openings(span('2026-03-07T00:00Z', '2026-03-09T12:00Z'), always)).toEqual([
      span('2026-03-07T14:00Z', '2026-03-07T22:00Z'),
      span('2026-03-08T13:00Z', '2026-03-08T21:00Z'),
    ]);
  });

  test.each([
    ['put forward', '2026-03-08', 23],
    ['put back', '2026-11-01', 25],
    ['left alone', '2026-06-01', 24],
  ])('openings last as long as the day on which the clock is %s', (_what, date, hours) => {
    const next = new Date(Date.parse(`${date}T00:00Z`) + 24 * HOUR).toISOString().slice(0, 10);
    const days = business({ hours: [{ days: DAYS, from: '00:00', to: '24:00' }], holidays: [next] });
    const before = new Date(Date.parse(`${date}T00:00Z`) - 24 * HOUR).toISOString().slice(0, 10);
    const alone = { ...days, holidays: [before, next] };
    const [only, ...more] = openings(span(`${before}T12:00Z`, `${next}T18:00Z`), alone);
    expect(more).toEqual([]);
    expect(((only?.endMs ?? 0) - (only?.startMs ?? 0)) / HOUR).toBe(hours);
  });

  test('openings begin as much later as the clock jumps when they begin in the hour it skips', () => {
    const night = business({ hours: [{ days: ['sun'], from: '02:30', to: '04:00' }] });
    expect(openings(span('2026-03-08T00:00Z', '2026-03-09T00:00Z'), night)).toEqual([
      span('2026-03-08T07:30Z', '2026-03-08T08:00Z'),
    ]);
  });

  test('openings close at the second of two equal readings', () => {
    const night = business({ hours: [{ days: ['sun'], from: '00:00', to: '01:30' }] });
    expect(openings(span('2026-11-01T00:00Z', '2026-11-02T00:00Z'), night)).toEqual([
      span('2026-11-01T04:00Z', '2026-11-01T06:30Z'),
    ]);
  });

  test('openings go on past midnight where the next day begins with them', () => {
    const hours = [
      { days: ['fri'], from: '20:00', to: '24:00' },
      { days: ['sat'], from: '00:00', to: '02:00' },
    ];
    const bar = business({ hours, timezone: 'UTC' });
    expect(openings(span('2026-03-13T12:00Z', '2026-03-15T00:00Z'), bar)).toEqual([
      span('2026-03-13T20:00Z', '2026-03-14T02:00Z'),
    ]);
  });

  test('openings are one when they touch, and none without hours or on holidays', () => {
    const two = [
      { days: ['mon'], from: '09:00', to: '12:00' },
      { days: ['mon'], from: '12:00', to: '15:00' },
    ];
    const monday = span('2026-03-09T00:00Z', '2026-03-10T00:00Z');
    expect(openings(monday, business({ hours: two, timezone: 'UTC' }))).toHaveLength(1);
    expect(openings(monday, business({ hours: [], timezone: 'UTC' }))).toEqual([]);
    expect(openings(monday, business({ hours: two, timezone: 'UTC', holidays: ['2026-03-09'] }))).toEqual([]);
  });

  test('openings that are text are every day but the holidays', () => {
    const text = business({ hours: 'Mon-Fri 9-5', timezone: 'UTC', holidays: ['2026-03-15'] });
    expect(openings(span('2026-03-14T00:00Z', '2026-03-17T00:00Z'), text)).toEqual([
      span('2026-03-14T00:00Z', '2026-03-15T00:00Z'),
      span('2026-03-16T00:00Z', '2026-03-17T00:00Z'),
    ]);
  });
});

describe('judgeSlot', () => {
  const now = Date.parse('2026-03-10T14:00Z');
  test('judgeSlot allows an appointment over midnight where nothing closes', () => {
    const text = business({ hours: '', timezone: 'UTC' });
    expect(judgeSlot(span('2026-03-12T23:45Z', '2026-03-13T00:15Z'), text, now)).toBeUndefined();
  });
  test('judgeSlot allows an appointment that begins this minute, and refuses the one before', () => {
    const text = business({ hours: '' });
    expect(judgeSlot({ startMs: now, endMs: now + HOUR }, text, now)).toBeUndefined();
    expect(judgeSlot({ startMs: now - 1, endMs: now + HOUR }, text, now)).toBe('past');
  });
});

describe('free times', () => {
  const zones = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/Berlin'];
  const times = ['00:00', '02:30', '09:00', '12:15', '17:00', '23:30', '24:00'];
  const anyHours = fc
    .tuple(fc.subarray(DAYS, { minLength: 1 }), fc.subarray(times, { minLength: 2, maxLength: 2 }))
    .map(([days, [from, to]]) => ({ days, from, to }));
  const anyBusiness = fc
    .record({
      timezone: fc.constantFrom(...zones),
      hours: fc.oneof(fc.constant('text'), fc.array(anyHours, { maxLength: 3 })),
    })
    .map((made) => business(made));
  const year = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2026-12-31') });

  test('free times never overlap what is taken, fit, and are open: for any hours, zone and bookings', () => {
    holds(
      fc.property(
        anyBusiness,
        year,
        fc.array(fc.tuple(fc.integer({ min: 0, max: 96 }), fc.integer({ min: 1, max: 9 })), { maxLength: 8 }),
        fc.constantFrom(15, 30, 90, 240),
        (shop, nowMs, bookings, minutes) => {
          const durationMs = minutes * 60_000;
          const taken = bookings.map(([start, length]) => ({
            startMs: nowMs + start * HOUR * 0.5,
            endMs: nowMs + (start + length) * HOUR * 0.5,
          }));
          const window = bookablePart({ startMs: nowMs - 24 * HOUR, endMs: nowMs + 72 * HOUR }, nowMs);
          if (window === undefined) throw new Error('three days ahead can be booked');
          const free = freeSpans(window, shop, { taken, durationMs });
          const starts = startsNear(nowMs + 30 * HOUR, free, { durationMs, limit: 5 });
          for (const startMs of starts) {
            const slot = { startMs, endMs: startMs + durationMs };
            expect(judgeSlot(slot, shop, nowMs)).toBeUndefined();
            expect(taken.some((booked) => overlaps(booked, slot))).toBe(false);
            expect(free.some((stretch) => contains(stretch, slot))).toBe(true);
          }
          expect([...starts].sort((one, other) => one - other)).toEqual(starts);
        },
      ),
      { runs: 150 },
    );
  });
});
