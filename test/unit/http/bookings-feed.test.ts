import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bookingsFeed } from '../../../src/services/http/bookings-feed.ts';
import type { CalendarBooking } from '../../../src/services/storage/journal.port.ts';
import { ADMIN_TOKEN, HttpHouse } from '../../support/http.ts';
import { type Component, readCalendar } from '../../support/icalendar.ts';
import { holds } from '../../support/properties.ts';

const entry = (more: Partial<CalendarBooking> = {}): CalendarBooking => ({
  id: 'b2',
  uid: 'b1',
  sequence: 0,
  callSid: 'CA1',
  name: 'Ann Lee',
  phone: '+12025550123',
  service: 'cleaning',
  resource: null,
  startsAt: '2026-03-12T18:30:00.000Z',
  endsAt: '2026-03-12T19:15:00.000Z',
  timezone: 'America/New_York',
  status: 'confirmed',
  createdAt: '2026-03-10T14:00:00.000Z',
  changedAt: '2026-03-11T09:00:05.000Z',
  ...more,
});
const eventsOf = (...entries: CalendarBooking[]): readonly Component[] =>
  readCalendar(bookingsFeed(entries)).components;
const fieldsOf = (...entries: CalendarBooking[]) =>
  Object.fromEntries(eventsOf(...entries)[0]?.properties ?? []);

describe('the feed', () => {
  test('the bookings feed is one calendar of version 2.0, also without an appointment', () => {
    const { properties, components } = readCalendar(bookingsFeed([]));
    expect(Object.fromEntries(properties)).toMatchObject({
      VERSION: '2.0',
      PRODID: '-//Callchart//Bookings//EN',
      'X-WR-CALNAME': 'Bookings',
    });
    // A calendar without a component is none (RFC 5545, 3.6), and a time zone needs a rule (3.6.5).
    expect(components.map(({ name, components: rules }) => [name, rules.map((rule) => rule.name)])).toEqual([
      ['VTIMEZONE', ['STANDARD']],
    ]);
    expect(Object.fromEntries(components[0]?.components[0]?.properties ?? [])).toMatchObject({
      DTSTART: '19700101T000000',
      TZOFFSETFROM: '+0000',
      TZOFFSETTO: '+0000',
    });
  });

  test('the bookings feed tells an appointment in UTC, with who comes, what for, and how to reach them', () => {
    const [event] = eventsOf(entry({ resource: 'chair 2' }));
    expect(event?.name).toBe('VEVENT');
    expect(fieldsOf(entry({ resource: 'chair 2' }))).toEqual({
      UID: 'b1@bookings.callchart',
      SEQUENCE: '0',
      DTSTAMP: '20260311T090005Z',
      DTSTART: '20260312T183000Z',
      DTEND: '20260312T191500Z',
      CREATED: '20260310T140000Z',
      'LAST-MODIFIED': '20260311T090005Z',
      SUMMARY: 'cleaning: Ann Lee',
      DESCRIPTION: 'Phone: +12025550123\nWith: chair 2',
      STATUS: 'CONFIRMED',
      TRANSP: 'OPAQUE',
      'X-MICROSOFT-CDO-BUSYSTATUS': 'BUSY',
    });
  });

  test('the bookings feed keeps the UID of a moved appointment, under a higher sequence', () => {
    const moved = fieldsOf(
      entry({
        id: 'b7',
        uid: 'b1',
        sequence: 2,
        startsAt: '2026-03-13T18:30:00.000Z',
        endsAt: '2026-03-13T19:15:00.000Z',
      }),
    );
    expect(moved).toMatchObject({ UID: 'b1@bookings.callchart', SEQUENCE: '2', DTSTART: '20260313T183000Z' });
  });

  test('the bookings feed marks a cancelled appointment as cancelled, and its time as free', () => {
    expect(fieldsOf(entry({ status: 'cancelled', sequence: 1 }))).toMatchObject({
      STATUS: 'CANCELLED',
      TRANSP: 'TRANSPARENT',
      SEQUENCE: '1',
    });
  });

  test.each([
    ['a semicolon, a comma and a backslash', 'Lee; Ann, \\n\\', 'cleaning: Lee; Ann, \\n\\'],
    ['a line end', 'Ann\r\nATTENDEE:mailto:x@evil.test', 'cleaning: Ann\nATTENDEE:mailto:x@evil.test'],
    ['the end of the event', 'Ann\nEND:VEVENT\nBEGIN:VEVENT', 'cleaning: Ann\nEND:VEVENT\nBEGIN:VEVENT'],
    ['control characters', 'A\u0000n\u001b[2Jn\u007f\u0085', 'cleaning: An[2Jn'],
    ['half a character', 'Ann\ud83d', 'cleaning: Ann'],
    ['characters of four bytes', '👩‍👩‍👧'.repeat(40), `cleaning: ${'👩‍👩‍👧'.repeat(40)}`],
  ])('the bookings feed keeps %s of a name within its line', (_what, name, summary) => {
    expect(fieldsOf(entry({ name }))['SUMMARY']).toBe(summary);
    expect(eventsOf(entry({ name }))).toHaveLength(1);
  });

  test('the bookings feed reads back as it was written, whatever callers call themselves and their wishes', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom('\r', '\n', '\\', ';', ',', ':', '"', '\t', ' ', 'é', '漢', '👍', 'BEGIN'),
        maxLength: 90,
      }),
    );
    holds(
      fc.property(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 4 }), (persons) => {
        const entries = persons.map(([name, service], n) => entry({ name, service, uid: String(n) }));
        const events = eventsOf(...entries).map(({ properties }) => Object.fromEntries(properties));
        expect(events.map(({ SUMMARY }) => SUMMARY)).toEqual(
          persons.map(([name, service]) =>
            `${service}: ${name}`.replaceAll(/\r\n?/g, '\n').replaceAll(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, ''),
          ),
        );
      }),
    );
  });
});

describe('GET /api/bookings.ics', () => {
  let house: HttpHouse;
  beforeEach(async () => {
    house = await new HttpHouse().open();
    house.journal.answers = { calendar: [entry()] };
  });
  afterEach(() => house.close());

  test('GET /api/bookings.ics answers a calendar of the last month and what is to come, which no cache keeps', async () => {
    const reply = await house.api('/api/bookings.ics?agentId=salon');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(reply.headers['cache-control']).toBe('private, no-cache');
    expect(readCalendar(reply.text).components).toHaveLength(1);
    const since = house.clock.time - 31 * 86_400_000;
    expect(house.journal.asked).toEqual([{ query: 'calendar', args: { diary: 'salon', since, limit: 250 } }]);
  });

  test('GET /api/bookings.ics asks for a long calendar piece by piece, and on from the last of each', async () => {
    house.journal.answers = {
      calendar: Array.from({ length: 250 }, (_, n) => entry({ id: `b${String(n)}` })),
    };
    const reply = await house.api('/api/bookings.ics');
    expect(readCalendar(reply.text).components).toHaveLength(5000);
    const { endsAt } = entry();
    expect(house.journal.asked.map(({ args }) => (args as { after?: object }).after)).toEqual([
      undefined,
      ...Array<object>(19).fill({ id: 'b249', endsAt }),
    ]);
  });

  test('GET /api/bookings.ics is not sent again when unchanged, and is sent when changed', async () => {
    const { headers, text } = await house.api('/api/bookings.ics');
    const etag = String(headers.etag);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const reply = await house.api('/api/bookings.ics', { headers: { 'If-None-Match': known } });
      expect([reply.status, reply.text, reply.headers.etag]).toEqual([304, '', etag]);
    }
    house.journal.answers = { calendar: [entry({ sequence: 1, status: 'cancelled' })] };
    const changed = await house.api('/api/bookings.ics', { headers: { 'If-None-Match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    expect(changed.text).not.toBe(text);
  });

  const basic = Buffer.from(`admin:${ADMIN_TOKEN}`).toString('base64');
  test.each([
    ['without one', '', {}],
    ['in the URL', `?token=${ADMIN_TOKEN}`, {}],
    ['in the URL by its name in RFC 6750', `?access_token=${ADMIN_TOKEN}`, {}],
    ['as a password', '', { Authorization: `Basic ${basic}` }],
  ])('GET /api/bookings.ics needs the token, and refuses %s', async (_what, query, headers) => {
    const reply = await house.ask(`/api/bookings.ics${query}`, { headers });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(reply.text).not.toContain('BEGIN:');
  });
});
