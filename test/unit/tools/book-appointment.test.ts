import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { bookAppointment } from '../../../src/services/tools/diary/book-appointment.ts';
import {
  callOf,
  journalInMemory,
  profileOf,
  read,
  type ToolBench,
  toolBench,
} from '../../support/tool-call.ts';

const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }];
const shop = (more: object = {}) =>
  profileOf({
    hours: HOURS,
    holidays: ['2026-07-03'],
    services: ['Advice', { name: 'Fitting', durationMinutes: 90 }],
    ...more,
  });
const wish = { name: 'Ann Lee', service: 'Advice', date: '2026-03-12', time: '14:30' };

let journal: Journal;
let bench: ToolBench;
beforeAll(async () => {
  journal = await journalInMemory();
  bench = toolBench([bookAppointment(journal)]);
});
afterAll(() => journal.close());

const book = (call: ReturnType<typeof callOf>, more: object = {}) =>
  bench.ask(call, 'book_appointment', { ...wish, ...more });

describe('book_appointment', () => {
  test('book_appointment books in the zone of the business and says the time in it', async () => {
    const call = callOf({ profile: shop() });
    const answer = read(await book(call));
    expect(answer).toMatchObject({
      status: 'ok',
      result: {
        startsAt: '2026-03-12T14:30:00-04:00',
        endsAt: '2026-03-12T15:00:00-04:00',
        timezone: 'America/New_York',
        spoken: 'Thursday, March 12 at 2:30 PM',
      },
    });
    const { items } = await journal.query('bookings', { limit: 1 });
    expect(items[0]).toMatchObject({
      id: answer.result?.['bookingId'],
      callSid: call.callSid,
      name: 'Ann Lee',
      phone: '+12025550123',
      service: 'Advice',
      startsAt: '2026-03-12T18:30:00.000Z',
      endsAt: '2026-03-12T19:00:00.000Z',
      timezone: 'America/New_York',
      status: 'confirmed',
    });
  });

  test('book_appointment takes as long as the service', async () => {
    const answer = read(await book(callOf({ profile: shop() }), { service: 'Fitting' }));
    expect(answer.result?.['endsAt']).toBe('2026-03-12T16:00:00-04:00');
  });

  test.each([
    ['a time that is over', { date: '2026-03-10', time: '09:30' }, /is over.*Tuesday, March 10 at 10:00 AM/],
    ['a day at which the business is closed', { date: '2026-03-14' }, /not open/],
    ['a time before opening', { time: '08:45' }, /not open/],
    ['an end after closing', { time: '16:45' }, /not open/],
    ['a holiday', { date: '2026-07-03' }, /closed on that day/],
    ['more than a year ahead', { date: '2027-03-17' }, /year ahead/],
    ['the end of time', { date: '9999-12-31' }, /year ahead/],
    ['the beginning of time', { date: '0000-01-01' }, /is over/],
    ['a date that is none', { date: '2026-02-30' }, /no such date/],
  ])('book_appointment refuses %s, with the reason', async (_what, more, reason) => {
    const outcome = await book(callOf({ profile: shop() }), more);
    expect(outcome.status).toBe('refused');
    expect(read(outcome)).toMatchObject({
      error: 'TOOL_REFUSED',
      reason: expect.stringMatching(reason) as string,
    });
  });

  test('book_appointment offers the nearest free times, ready to be booked, with a refusal', async () => {
    const call = callOf({ profile: shop() });
    const refused = read(await book(call, { date: '2026-03-14', time: '11:00' }));
    const free = refused.result?.['free'] as { date: string; time: string; spoken: string }[];
    expect(free).toHaveLength(4);
    for (const { date, time } of free)
      expect((await book(callOf({ profile: call.profile }), { date, time })).status).toBe('ok');
    expect(free[0]?.spoken).toMatch(/^Friday, March 13 at \d/);
  });

  test('book_appointment gives a time that two calls want to one of them, and tells the other what is free', async () => {
    const profile = shop();
    const outcomes = await Promise.all([book(callOf({ profile })), book(callOf({ profile }))]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['ok', 'refused']);
    const loser = outcomes.find(({ status }) => status === 'refused');
    const { reason, result } = read(loser ?? outcomes[0]);
    expect(reason).toBe('That time was just taken.');
    expect((result?.['free'] as { time: string }[]).map(({ time }) => time)).toEqual([
      '13:30',
      '14:00',
      '15:00',
      '15:30',
    ]);
    const stored = await journal.query('bookingsBetween', {
      diary: profile.id,
      from: '2026-03-12T00:00:00.000Z',
      to: '2026-03-13T00:00:00.000Z',
    });
    expect(stored).toHaveLength(1);
  });

  test('book_appointment knows an appointment of the same call from one of another', async () => {
    const call = callOf({ profile: shop() });
    await book(call);
    expect(read(await book(call, { name: 'Ann B. Lee' })).reason).toMatch(/already booked in this call/);
  });

  test('book_appointment books once what is asked twice, and says so', async () => {
    const call = callOf({ profile: shop() });
    const first = read(await book(call));
    const again = read(await book(call));
    expect(again).toEqual({ ...first, repeated: true });
  });

  test('book_appointment answers with the stored booking in a process that knows nothing of the first request', async () => {
    const call = callOf({ profile: shop() });
    const first = read(await book(call));
    const other = toolBench([bookAppointment(journal)]);
    expect(read(await other.ask(call, 'book_appointment', wish))).toEqual(first);
  });

  test.each([
    ['spring forward', '2026-03-08', '2026-03-01T12:00:00Z', '02:30', undefined],
    [
      'spring forward, after the gap',
      '2026-03-08',
      '2026-03-01T12:00:00Z',
      '03:00',
      '2026-03-08T03:00:00-04:00',
    ],
    [
      'fall back, the first of two',
      '2026-11-01',
      '2026-10-25T12:00:00Z',
      '01:30',
      '2026-11-01T01:30:00-04:00',
    ],
  ])('book_appointment reads the clock on the night of %s', async (_what, date, now, time, startsAt) => {
    const call = callOf({ profile: shop({ hours: 'Always', services: [] }), now: () => Date.parse(now) });
    const answer = read(await book(call, { date, time }));
    if (startsAt === undefined) expect(answer.reason).toMatch(/skip that time/);
    else expect(answer.result?.['startsAt']).toBe(startsAt);
  });

  test('book_appointment tells the model the services by name, and takes no others', async () => {
    const profile = shop();
    expect(bookAppointment(journal).specFor(profile).parameters).toMatchObject({
      properties: { service: { enum: ['Advice', 'Fitting'] } },
    });
    const answer = read(await book(callOf({ profile }), { service: 'Haircut' }));
    expect(answer).toMatchObject({ error: 'TOOL_ARGUMENTS', problems: [{ path: 'service' }] });
  });
});
