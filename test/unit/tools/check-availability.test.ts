import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { bookAppointment } from '../../../src/services/tools/diary/book-appointment.ts';
import { checkAvailability } from '../../../src/services/tools/diary/check-availability.ts';
import {
  callOf,
  journalInMemory,
  profileOf,
  read,
  type ToolBench,
  toolBench,
} from '../../support/tool-call.ts';

const HOURS = [{ days: ['tue', 'thu'], from: '09:00', to: '12:00' }];

let journal: Journal;
let bench: ToolBench;
beforeAll(async () => {
  journal = await journalInMemory();
  bench = toolBench([checkAvailability(journal), bookAppointment(journal)]);
});
afterAll(() => journal.close());

const check = async (call: ReturnType<typeof callOf>, args: object) =>
  read(await bench.ask(call, 'check_availability', args));

describe('check_availability', () => {
  test('check_availability tells what is left of a day', async () => {
    const call = callOf({ profile: profileOf({ hours: HOURS }) });
    await bench.ask(call, 'book_appointment', {
      name: 'Ann',
      service: 'x',
      date: '2026-03-12',
      time: '10:00',
    });
    const { result } = await check(call, { date: '2026-03-12' });
    expect(result).toEqual({
      date: '2026-03-12',
      timezone: 'America/New_York',
      durationMinutes: 30,
      free: [
        { from: '09:00', to: '10:00', spoken: '9:00 AM to 10:00 AM' },
        { from: '10:30', to: '12:00', spoken: '10:30 AM to 12:00 PM' },
      ],
    });
  });

  test('check_availability begins today with what is left of it, on the quarter of the hour', async () => {
    const now = () => Date.parse('2026-03-10T14:07:21Z');
    const call = callOf({ profile: profileOf({ hours: HOURS }), now });
    const { result } = await check(call, { date: '2026-03-10' });
    expect(result?.['free']).toEqual([{ from: '10:15', to: '12:00', spoken: '10:15 AM to 12:00 PM' }]);
  });

  test('check_availability says whether one time is free', async () => {
    const call = callOf({ profile: profileOf({ hours: HOURS }) });
    expect((await check(call, { date: '2026-03-12', time: '11:00' })).result).toMatchObject({ isFree: true });
  });

  test.each([
    ['taken', { date: '2026-03-12', time: '10:15' }, 'That time is taken.'],
    [
      'outside the hours',
      { date: '2026-03-11', time: '10:00' },
      'The business is not open for all of that time.',
    ],
  ])(
    'check_availability says why a time that is %s is not free, and what is near',
    async (_what, args, reason) => {
      const call = callOf({ profile: profileOf({ hours: HOURS }) });
      await bench.ask(call, 'book_appointment', {
        name: 'Ann',
        service: 'x',
        date: '2026-03-12',
        time: '10:00',
      });
      const { result } = await check(call, args);
      expect(result).toMatchObject({ isFree: false, reason });
      expect(result?.['nearest']).toHaveLength(4);
    },
  );

  test('check_availability reads nothing out of hours that are text, and tells them', async () => {
    const call = callOf({ profile: profileOf({ hours: 'Mon to Fri, 9 to 5' }) });
    const { result } = await check(call, { date: '2026-03-14' });
    expect(result).toMatchObject({
      hours: 'Mon to Fri, 9 to 5',
      free: [{ from: '00:00', to: '24:00', spoken: 'midnight to midnight' }],
    });
  });

  test.each(['0000-01-01', '2026-03-09', '2028-01-01', '9999-12-31'])(
    'check_availability has nothing free on %s',
    async (date) => {
      const answer = await check(callOf({ profile: profileOf({ hours: 'Always' }) }), {
        date,
        time: '12:00',
      });
      expect(answer).toMatchObject({ status: 'ok', result: { free: [], isFree: false } });
    },
  );

  test('check_availability says that there is no such date', async () => {
    expect((await check(callOf(), { date: '2026-13-01' })).reason).toMatch(/no such date/);
  });

  test('check_availability says that the clock skips a time', async () => {
    const call = callOf({ now: () => Date.parse('2026-03-01T12:00:00Z') });
    const { result } = await check(call, { date: '2026-03-08', time: '02:30' });
    expect(result).toMatchObject({
      isFree: false,
      reason: expect.stringMatching(/skip that time/) as string,
    });
  });
});
