import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { bookAppointment } from '../../../src/services/tools/diary/book-appointment.ts';
import type { CallFacts } from '../../../src/services/desk/call-facts.ts';
import { cancelAppointment } from '../../../src/services/tools/diary/cancel-appointment.ts';
import { rescheduleAppointment } from '../../../src/services/tools/diary/reschedule-appointment.ts';
import {
  callOf,
  journalInMemory,
  NOW,
  profileOf,
  read,
  type ToolBench,
  toolBench,
} from '../../support/tool-call.ts';

const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }];
const wish = { name: 'Ann Lee', service: 'Root canal', date: '2026-03-12', time: '14:30' };
const then = { date: wish.date, time: wish.time };

let journal: Journal;
let bench: ToolBench;
let profile: CallFacts['profile'];
const toolsOf = () => [bookAppointment(journal), cancelAppointment(journal), rescheduleAppointment(journal)];
beforeAll(async () => {
  journal = await journalInMemory();
});
beforeEach(() => {
  bench = toolBench(toolsOf());
  profile = profileOf({ hours: HOURS });
});
afterAll(() => journal.close());

const call = (more: Partial<CallFacts> = {}) => callOf({ profile, ...more });
const book = async (caller: CallFacts, more: object = {}) =>
  read(await bench.ask(caller, 'book_appointment', { ...wish, ...more }));
const cancel = async (caller: CallFacts, more: object = {}) =>
  read(await bench.ask(caller, 'cancel_appointment', { ...then, ...more }));
const move = async (caller: CallFacts, newDate: string, newTime: string, more: object = {}) =>
  read(await bench.ask(caller, 'reschedule_appointment', { ...then, newDate, newTime, ...more }));

/** Start and status of the diary's appointments, soonest first. */
const diary = async () =>
  (await journal.query('calendar', { diary: profile.id, since: 0, limit: 9 })).map(
    ({ startsAt, status }) => `${startsAt.slice(5, 16)} ${status}`,
  );
const confirmed = async () =>
  (
    await journal.query('bookingsBetween', {
      diary: profile.id,
      from: '2026-01-01T00:00:00.000Z',
      to: '2028-01-01T00:00:00.000Z',
    })
  ).map(({ startsAt }) => startsAt.slice(5, 16));

describe('cancel_appointment', () => {
  test('cancel_appointment cancels what the same number booked, in another call, and says the time', async () => {
    await book(call());
    expect(await cancel(call())).toEqual({
      status: 'ok',
      result: { cancelled: true, spoken: 'Thursday, March 12 at 2:30 PM' },
    });
    expect(await diary()).toEqual(['03-12T18:30 cancelled']);
  });

  test('cancel_appointment tells nothing of the booking but the time that the caller said', async () => {
    await book(call(), { phone: '+12025550177' });
    const output = JSON.stringify(await cancel(call()));
    expect(output).not.toMatch(/Ann|Lee|Root|canal|0177|bookingId/);
  });

  test.each([
    ['another number', { from: '+12025550199' }, {}],
    ['another time', {}, { time: '14:45' }],
    ['another day', {}, { date: '2026-03-13' }],
    ['a time that the clock skips', {}, { date: '2026-03-08', time: '02:30' }],
  ])('cancel_appointment finds nothing by %s, and says so in the same words', async (_what, facts, more) => {
    await book(call());
    const answer = await cancel(call(facts), more);
    expect(answer).toEqual({
      status: 'refused',
      error: 'TOOL_REFUSED',
      reason:
        "No appointment that was booked from the caller's number begins then. Ask for the day and the time once more.",
    });
    expect(await confirmed()).toEqual(['03-12T18:30']);
  });

  test.each(['anonymous', '', 'Restricted', '+7378742833', '+266696687', 'sip:ann@example.com'])(
    'cancel_appointment refuses a caller whose number is %j',
    async (from) => {
      await book(call({ from }));
      const { status, reason } = await cancel(call({ from }));
      expect(status).toBe('refused');
      expect(reason).toMatch(/withheld/);
      expect(await confirmed()).toEqual(['03-12T18:30']);
    },
  );

  test('cancel_appointment is for what the caller booked, not for whoever they named when they booked', async () => {
    await book(call({ from: '+12025550199' }), { phone: '+12025550123' });
    expect((await cancel(call({ from: '+12025550123' }))).status).toBe('refused');
    expect((await cancel(call({ from: '+12025550199' }))).status).toBe('ok');
  });

  test('cancel_appointment cancels only in the diary that was called', async () => {
    await book(call());
    expect((await cancel(callOf({ profile: profileOf({ hours: HOURS }) }))).status).toBe('refused');
  });

  test('cancel_appointment stops looking after three misses, also at what is there', async () => {
    await book(call());
    const guesser = call();
    for (const time of ['09:00', '09:30', '10:00'])
      expect((await cancel(guesser, { time })).reason).toMatch(/No appointment/);
    expect((await cancel(guesser)).reason).toMatch(/any more/);
    expect(await confirmed()).toEqual(['03-12T18:30']);
  });

  test('cancel_appointment leaves alone what has begun', async () => {
    await book(call());
    const late = call({ now: () => NOW + 3 * 24 * 3_600_000 });
    expect((await cancel(late)).reason).toMatch(/begun, or is over/);
  });

  test('cancel_appointment asks for the name when a number has two at one time', async () => {
    profile = profileOf({ hours: HOURS, resources: ['chair 1', 'chair 2'] });
    await book(call());
    await book(call(), { name: 'Ben Lee' });
    expect((await cancel(call())).reason).toMatch(/More than one.*Ask for the name/);
    expect((await cancel(call(), { name: 'Lee' })).reason).toMatch(/More than one/);
    expect((await cancel(call(), { name: 'carl' })).reason).toMatch(/More than one/);
    expect((await cancel(call(), { name: ' ben ' })).status).toBe('ok');
    const left = await journal.query('calendar', { diary: profile.id, since: 0, limit: 9 });
    expect(left.map(({ name, status, resource }) => [name, status, resource])).toEqual([
      ['Ann Lee', 'confirmed', 'chair 1'],
      ['Ben Lee', 'cancelled', 'chair 2'],
    ]);
  });

  test('cancel_appointment is done once, and booking the same again is booked again', async () => {
    const caller = call();
    const first = await book(caller);
    expect((await cancel(caller)).status).toBe('ok');
    expect(await cancel(caller)).toMatchObject({ status: 'ok', repeated: true });
    const again = await book(caller);
    expect(again).toMatchObject({ status: 'ok' });
    expect(again.repeated).toBeUndefined();
    expect(again.result?.['bookingId']).not.toBe(first.result?.['bookingId']);
    const second = await cancel(caller);
    expect(second.repeated).toBeUndefined();
    expect(second.status).toBe('ok');
    expect(await confirmed()).toEqual([]);
  });

  test('cancel_appointment knows in another process that it is done', async () => {
    const caller = call();
    await book(caller);
    await cancel(caller);
    bench = toolBench(toolsOf());
    expect(await cancel(caller)).toMatchObject({ status: 'ok', result: { cancelled: true } });
  });
});

describe('reschedule_appointment', () => {
  test('reschedule_appointment takes the new time, frees the old one, keeps the length, and says the new time', async () => {
    profile = profileOf({ hours: HOURS, services: [{ name: 'Root canal', durationMinutes: 90 }] });
    await book(call());
    expect(await move(call(), '2026-03-13', '09:00')).toEqual({
      status: 'ok',
      result: {
        rescheduled: true,
        startsAt: '2026-03-13T09:00:00-04:00',
        endsAt: '2026-03-13T10:30:00-04:00',
        timezone: 'America/New_York',
        spoken: 'Friday, March 13 at 9:00 AM',
      },
    });
    expect(await confirmed()).toEqual(['03-13T13:00']);
    const { items } = await journal.query('bookings', { limit: 2 });
    expect(items.map(({ status, startsAt, name }) => [startsAt, status, name])).toEqual([
      ['2026-03-13T13:00:00.000Z', 'confirmed', 'Ann Lee'],
      ['2026-03-12T18:30:00.000Z', 'rescheduled', 'Ann Lee'],
    ]);
  });

  test('reschedule_appointment keeps the old time when the new one is taken, and offers what is free', async () => {
    await book(call());
    await book(call({ from: '+12025550199' }), { time: '10:00' });
    const refused = await move(call(), '2026-03-12', '10:00');
    expect(refused).toMatchObject({ reason: 'That time was just taken. The old time is kept.' });
    expect(refused.result?.['free']).toHaveLength(4);
    expect(await confirmed()).toEqual(['03-12T14:00', '03-12T18:30']);
  });

  test('reschedule_appointment may overlap the old time, which counts as free', async () => {
    await book(call());
    expect((await move(call(), '2026-03-12', '14:45')).status).toBe('ok');
    expect(await confirmed()).toEqual(['03-12T18:45']);
  });

  test.each([
    ['a closed day', '2026-03-14', '10:00', /not open/],
    ['the past', '2026-03-09', '10:00', /is over/],
    ['a date that is none', '2026-02-30', '10:00', /no such date/],
    ['a time that the clock skips', '2027-03-14', '02:30', /skip that time/],
  ])('reschedule_appointment refuses %s', async (_what, date, time, reason) => {
    await book(call());
    expect((await move(call(), date, time)).reason).toMatch(reason);
    expect(await confirmed()).toEqual(['03-12T18:30']);
  });

  test.each([
    ['another number', { from: '+12025550199' }, /No appointment/],
    ['a withheld number', { from: 'anonymous' }, /withheld/],
  ])('reschedule_appointment refuses a caller with %s', async (_what, facts, reason) => {
    await book(call());
    expect((await move(call(facts), '2026-03-13', '09:00')).reason).toMatch(reason);
    expect(await confirmed()).toEqual(['03-12T18:30']);
  });

  test('reschedule_appointment changes a booking again, and back, by the same words', async () => {
    const caller = call();
    await book(caller);
    expect((await move(caller, '2026-03-13', '09:00')).status).toBe('ok');
    const back = { date: '2026-03-13', time: '09:00' };
    expect((await move(caller, '2026-03-12', '14:30', back)).status).toBe('ok');
    const again = await move(caller, '2026-03-13', '09:00');
    expect([again.status, again.repeated]).toEqual(['ok', undefined]);
    expect(await move(caller, '2026-03-13', '09:00')).toMatchObject({ status: 'ok', repeated: true });
    expect(await confirmed()).toEqual(['03-13T13:00']);
    expect((await cancel(caller, back)).status).toBe('ok');
    expect(await confirmed()).toEqual([]);
  });

  test('reschedule_appointment gives one new time that two calls want to one, and leaves the other as it was', async () => {
    const [one, other] = [call(), call({ from: '+12025550199' })];
    await book(one);
    await book(other, { time: '15:00' });
    const answers = await Promise.all([
      move(one, '2026-03-13', '09:00'),
      move(other, '2026-03-13', '09:00', { time: '15:00' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['ok', 'refused']);
    expect(await confirmed()).toEqual(['03-12T19:00', '03-13T13:00']);
  });

  test('reschedule_appointment knows in another process that it is done', async () => {
    const caller = call();
    await book(caller);
    const first = await move(caller, '2026-03-13', '09:00');
    bench = toolBench(toolsOf());
    expect(await move(caller, '2026-03-13', '09:00')).toEqual(first);
    expect(await confirmed()).toEqual(['03-13T13:00']);
  });
});
