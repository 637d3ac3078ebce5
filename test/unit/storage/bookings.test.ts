import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../../src/services/storage/sqlite/migrations.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { temporaryFolder } from '../../support/journal.ts';

let store: Store;
beforeEach(() => {
  let made = 0;
  store = openStore(':memory:', { newId: () => `id_${String(++made)}` });
  onTestFinished(() => {
    store.close();
  });
});

const at = (time: string) => `2026-11-02T${time}:00.000Z`;

interface Wish {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly callSid?: string;
  readonly caller?: string | null;
  readonly resources?: string[];
}
const book = ({ key, from, to, callSid = `CA-${key}`, caller = '+12025550100', resources = [''] }: Wish) =>
  store.transact('createBooking', {
    key,
    diary: 'salon',
    resources,
    maxPerCall: 2,
    callSid,
    caller,
    name: 'Ada',
    phone: caller,
    service: 'haircut',
    startsAt: at(from),
    endsAt: at(to),
    timezone: 'Europe/London',
    at: 5000,
  });
const hour = (key: string, from: string, more: Partial<Wish> = {}) =>
  book({
    key,
    from,
    to: `${String(Number(from.slice(0, 2)) + 1).padStart(2, '0')}:${from.slice(3)}`,
    ...more,
  });
const find = (key: string, from: string, more: { caller?: string; callSid?: string; diary?: string } = {}) =>
  store.transact('findOwnBookings', {
    key,
    callSid: 'CA9',
    diary: 'salon',
    caller: '+12025550100',
    startsAt: at(from),
    maxMisses: 3,
    at: 6000,
    ...more,
  });
const cancel = (key: string, id: string) =>
  store.transact('cancelBooking', { key, id, callSid: 'CA9', at: 7000 });
const move = (key: string, id: string, from: string, to: string, resources = ['']) =>
  store.transact('moveBooking', {
    key,
    id,
    callSid: 'CA9',
    resources,
    startsAt: at(from),
    endsAt: at(to),
    at: 8000,
  });
const all = () => store.query('bookings', { limit: 50 }).items.map(({ id, status }) => `${id} ${status}`);
const taken = () =>
  store
    .query('bookingsBetween', { diary: 'salon', from: at('00:00'), to: at('23:00') })
    .map(({ startsAt, resource }) => `${startsAt.slice(11, 16)} ${resource ?? ''}`.trim());
const calendar = () => store.query('calendar', { since: 0, limit: 50 });

describe('bookings', () => {
  test('bookings of one resource never overlap', () => {
    expect(hour('k1', '10:00')).toMatchObject({
      outcome: 'booked',
      booking: { id: 'id_1', status: 'confirmed', startsAt: at('10:00'), resource: null },
    });
    expect(book({ key: 'k2', from: '10:59', to: '12:00' })).toEqual({ outcome: 'taken' });
    expect(book({ key: 'k3', from: '09:00', to: '10:01' })).toEqual({ outcome: 'taken' });
    expect(book({ key: 'k4', from: '10:15', to: '10:30' })).toEqual({ outcome: 'taken' });
    expect(book({ key: 'k5', from: '09:00', to: '12:00' })).toEqual({ outcome: 'taken' });
    expect(hour('k6', '11:00').outcome).toBe('booked');
    expect(hour('k7', '09:00').outcome).toBe('booked');
    expect(taken()).toEqual(['09:00', '10:00', '11:00']);
  });

  test('bookings take the first resource that is free for all of the time', () => {
    const resources = ['chair 1', 'chair 2'];
    hour('k1', '10:00', { resources });
    hour('k2', '10:30', { resources });
    expect(hour('k3', '10:45', { resources })).toEqual({ outcome: 'taken' });
    hour('k4', '11:00', { resources });
    expect(taken()).toEqual(['10:00 chair 1', '10:30 chair 2', '11:00 chair 1']);
  });

  test('bookings of a resource that is no longer named keep the others busy', () => {
    hour('k1', '10:00');
    expect(hour('k2', '10:00', { resources: ['chair 1', 'chair 2'] })).toEqual({ outcome: 'taken' });
  });

  test('bookings are one at a time for a call, and not more than its share', () => {
    const resources = ['chair 1', 'chair 2'];
    hour('k1', '10:00', { callSid: 'CA1', resources });
    expect(hour('k2', '10:30', { callSid: 'CA1', resources })).toEqual({ outcome: 'heldByCall' });
    expect(hour('k3', '12:00', { callSid: 'CA1', resources }).outcome).toBe('booked');
    expect(hour('k4', '14:00', { callSid: 'CA1', resources })).toEqual({ outcome: 'tooMany' });
    cancel('c1', 'id_2');
    expect(hour('k5', '14:00', { callSid: 'CA1', resources }).outcome).toBe('booked');
  });

  test('bookings are stored once per key, for as long as they hold', () => {
    const first = hour('k1', '10:00');
    expect(hour('k1', '10:00')).toEqual(first);
    cancel('c1', 'id_1');
    expect(hour('k1', '10:00')).toMatchObject({ outcome: 'booked', booking: { id: 'id_2' } });
    expect(all()).toEqual(['id_2 confirmed', 'id_1 cancelled']);
  });

  test.each([
    ['2026-11-02T10:00:00', '2026-11-02T11:00:00Z', 'startsAt must be ISO 8601 with an offset'],
    ['2026-11-02T10:00:00Z', 'soon', 'endsAt must be ISO 8601 with an offset'],
    ['2026-11-02T10:00:00Z', '2026-11-02T12:00:00+02:00', 'endsAt must come after startsAt'],
  ])('bookings from %s to %s are refused by name', (startsAt, endsAt, problem) => {
    const wish = { key: 'k', diary: 'd', resources: [''], maxPerCall: 1, callSid: 'CA1', caller: null };
    const person = { name: 'Ada', phone: null, service: 's', timezone: 'UTC', at: 0 };
    const attempt = () => store.transact('createBooking', { ...wish, ...person, startsAt, endsAt });
    expect(attempt).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(attempt).toThrow(problem);
  });
});

describe('a caller finds', () => {
  test('a caller finds what was booked from the same number at that very time, in that diary', () => {
    hour('k1', '10:00');
    hour('k2', '12:00', { caller: '+12025550199' });
    expect(find('c', '10:00')).toMatchObject({ outcome: 'found', bookings: [{ id: 'id_1' }] });
    for (const miss of [
      find('c', '10:01', { callSid: 'CA2' }),
      find('c', '12:00', { callSid: 'CA2' }),
      find('c', '10:00', { callSid: 'CA3', diary: 'other' }),
      find('c', '10:00', { callSid: 'CA3', caller: '+12025550199' }),
    ])
      expect(miss).toEqual({ outcome: 'missed' });
  });

  test('a caller finds nothing more after three misses in a call, not even what is there', () => {
    hour('k1', '10:00');
    for (const time of ['11:00', '12:00', '13:00']) expect(find('c', time).outcome).toBe('missed');
    expect(find('c', '10:00')).toEqual({ outcome: 'locked' });
    expect(find('c', '10:00', { callSid: 'CA10' }).outcome).toBe('found');
    const misses = store
      .query('events', { callSid: 'CA9' })
      .filter(({ event }) => event === 'booking.missed');
    expect(misses.map(({ body }) => body)).toEqual([{}, {}, {}]);
  });

  test('a caller finds what the same request has changed already', () => {
    hour('k1', '10:00');
    cancel('c1', 'id_1');
    expect(find('c1', '10:00')).toMatchObject({ outcome: 'changed', booking: { status: 'cancelled' } });
    expect(find('c2', '10:00').outcome).toBe('missed');
    hour('k2', '12:00');
    move('m1', 'id_2', '14:00', '15:00');
    expect(find('m1', '12:00')).toMatchObject({ outcome: 'changed', booking: { startsAt: at('14:00') } });
  });
});

describe('a booking that is cancelled', () => {
  test('a booking that is cancelled frees its time, once, and says so in the log of the call that cancelled', () => {
    hour('k1', '10:00');
    expect(cancel('c1', 'id_1')).toMatchObject({ id: 'id_1', status: 'cancelled' });
    expect(cancel('c2', 'id_1')).toBeUndefined();
    expect(cancel('c3', 'none')).toBeUndefined();
    expect(taken()).toEqual([]);
    expect(hour('k2', '10:00').outcome).toBe('booked');
    const rows = store.query('events', { callSid: 'CA9' });
    expect(rows.map(({ event, body }) => [event, body])).toEqual([
      ['booking.cancelled', { bookingId: 'id_1' }],
    ]);
  });

  test('a booking that is cancelled is forgotten as an effect, and so is the cancelling once it is booked again', () => {
    const intend = (key: string) =>
      store.transact('intendEffect', { key, callSid: 'CA9', tool: 't', toolCallId: key, at: 1 }).isNew;
    intend('k1');
    hour('k1', '10:00', { callSid: 'CA9' });
    expect(intend('k1')).toBe(false);
    intend('c1');
    cancel('c1', 'id_1');
    expect(intend('c1')).toBe(false);
    expect(intend('k1')).toBe(true);
    hour('k1', '10:00', { callSid: 'CA9' });
    expect(intend('c1')).toBe(true);
  });
});

describe('a booking that is moved', () => {
  test('a booking that is moved takes the new time and gives the old one back', () => {
    hour('k1', '10:00');
    expect(move('m1', 'id_1', '14:00', '15:00')).toMatchObject({
      outcome: 'moved',
      booking: { id: 'id_2', callSid: 'CA9', name: 'Ada', startsAt: at('14:00'), status: 'confirmed' },
    });
    expect(taken()).toEqual(['14:00']);
    expect(all()).toEqual(['id_2 confirmed', 'id_1 rescheduled']);
    expect(find('c', '14:00').outcome).toBe('found');
    expect(find('c', '10:00').outcome).toBe('missed');
  });

  test('a booking that is moved stays where it is when the new time is taken', () => {
    hour('k1', '10:00');
    hour('k2', '14:00');
    expect(move('m1', 'id_1', '14:30', '15:30')).toEqual({ outcome: 'taken' });
    expect(taken()).toEqual(['10:00', '14:00']);
    expect(all()).toEqual(['id_2 confirmed', 'id_1 confirmed']);
  });

  test('a booking that is moved may overlap itself, and keeps its resource where that is free', () => {
    const resources = ['chair 1', 'chair 2'];
    hour('k1', '10:00', { resources });
    hour('k2', '10:00', { resources });
    expect(move('m1', 'id_2', '10:30', '11:30', resources)).toMatchObject({
      booking: { resource: 'chair 2' },
    });
    hour('k3', '12:00', { resources: ['chair 2', 'chair 1'] });
    expect(move('m2', 'id_3', '12:00', '13:00', resources)).toMatchObject({
      booking: { resource: 'chair 1' },
    });
  });

  test('a booking that is moved is gone for whoever wants to move it next', () => {
    hour('k1', '10:00');
    move('m1', 'id_1', '14:00', '15:00');
    expect(move('m2', 'id_1', '16:00', '17:00')).toEqual({ outcome: 'gone' });
    expect(taken()).toEqual(['14:00']);
  });

  test('a booking that is moved can be moved there and back by the same words', () => {
    hour('k1', '10:00');
    expect(move('there', 'id_1', '14:00', '15:00').outcome).toBe('moved');
    expect(move('back', 'id_2', '10:00', '11:00').outcome).toBe('moved');
    expect(move('there', 'id_3', '14:00', '15:00').outcome).toBe('moved');
    expect(taken()).toEqual(['14:00']);
  });
});

describe('the calendar', () => {
  test('the calendar of bookings knows a moved appointment by its first id, and counts what became of it', () => {
    hour('k1', '10:00');
    hour('k2', '12:00');
    move('m1', 'id_1', '14:00', '15:00');
    cancel('c1', 'id_3');
    expect(
      calendar().map(({ uid, sequence, status, changedAt }) => [uid, sequence, status, changedAt]),
    ).toEqual([
      ['id_2', 0, 'confirmed', '1970-01-01T00:00:05.000Z'],
      ['id_1', 2, 'cancelled', '1970-01-01T00:00:07.000Z'],
    ]);
  });

  test('the calendar of bookings shows what ends after a time, of one diary, soonest first', () => {
    hour('k1', '12:00');
    hour('k2', '10:00');
    const ids = (args: object) =>
      store.query('calendar', { since: 0, limit: 50, ...args }).map(({ id }) => id);
    expect(ids({})).toEqual(['id_2', 'id_1']);
    expect(ids({ limit: 1 })).toEqual(['id_2']);
    expect(ids({ since: Date.parse(at('11:00')) })).toEqual(['id_1']);
    expect(ids({ diary: 'salon' })).toEqual(['id_2', 'id_1']);
    expect(ids({ diary: 'other' })).toEqual([]);
  });

  test('whoever asks on from a booking is told those that come after it, also when it is gone', () => {
    // Two of one time, on two chairs.
    hour('k1', '10:00', { callSid: 'CA1', resources: ['chair 1', 'chair 2'] });
    hour('k2', '10:00', { callSid: 'CA2', resources: ['chair 1', 'chair 2'] });
    hour('k3', '12:00', { callSid: 'CA3' });
    const all = calendar();
    expect(all).toHaveLength(3);
    const after = (booking: { id: string; endsAt: string }) =>
      store
        .query('calendar', { since: 0, limit: 50, after: { id: booking.id, endsAt: booking.endsAt } })
        .map(({ id }) => id);
    all.forEach((booking, n) => {
      expect(after(booking)).toEqual(all.slice(n + 1).map(({ id }) => id));
    });
    expect(after({ id: 'gone', endsAt: String(all[0]?.endsAt) })).toEqual([all[2]?.id]);
  });
});

test('a file of an older engine keeps its bookings, and its callers can change them', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const old = new Sqlite(file);
  migrate(old, 1);
  old.exec(`
    INSERT INTO calls (call_sid, last_seq, last_at, epoch, record) VALUES
      ('CA1', 1, 1, 0, '{"direction":"inbound","from":"+12025550100","to":"+12025550199"}'),
      ('CA2', 1, 1, 0, '{"direction":"outbound","from":"+12025550199","to":"+12025550101"}');
    INSERT INTO bookings (id, key, resource, call_sid, name, phone, service, starts_at, ends_at, timezone, status, at)
    VALUES ('b1', 'k1', 'salon', 'CA1', 'Ada', NULL, 's', ${String(Date.parse(at('10:00')))}, ${String(Date.parse(at('11:00')))}, 'UTC', 'booked', 1),
      ('b2', 'k2', 'salon', 'CA2', 'Bob', NULL, 's', ${String(Date.parse(at('12:00')))}, ${String(Date.parse(at('13:00')))}, 'UTC', 'booked', 2),
      ('b3', 'k3', 'salon', 'CA3', 'Cy', NULL, 's', ${String(Date.parse(at('12:00')))}, ${String(Date.parse(at('13:00')))}, 'UTC', 'cancelled', 3);
  `);
  old.close();
  store = openStore(file);
  expect(all()).toEqual(['b3 cancelled', 'b2 confirmed', 'b1 confirmed']);
  expect(taken()).toEqual(['10:00', '12:00']);
  expect(find('c', '10:00')).toMatchObject({ outcome: 'found', bookings: [{ id: 'b1' }] });
  expect(find('c', '12:00', { caller: '+12025550101' })).toMatchObject({ bookings: [{ id: 'b2' }] });
  store.close();
});
