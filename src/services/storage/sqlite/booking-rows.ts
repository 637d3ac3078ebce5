import { isoOf } from '../folds/instant.ts';
import type { Booking } from '../../../protocol/stored-items.ts';
import type { CalendarBooking } from '../journal.port.ts';

/** An appointment as it lies on disk. Times are milliseconds since the Unix epoch. */
export interface BookingRow {
  readonly id: string;
  /** Of the first booking of a chain: what a calendar knows the appointment by, however often it is moved. */
  readonly root_id: string;
  /** The request that made it. A booking that has ended gives its key back, so that the same can be booked again. */
  readonly key: string;
  /** The request that ended it. */
  readonly ended_key: string | null;
  readonly diary: string;
  /** Empty for the only one of a diary. */
  readonly resource: string;
  readonly call_sid: string;
  /** The number that the call came from, as the carrier says it; null when withheld. */
  readonly caller: string | null;
  readonly name: string;
  readonly phone: string | null;
  readonly service: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly timezone: string;
  readonly status: Booking['status'];
  readonly sequence: number;
  readonly at: number;
  readonly changed_at: number;
}

export const bookingOf = (row: BookingRow): Booking => ({
  id: row.id,
  callSid: row.call_sid,
  name: row.name,
  phone: row.phone,
  service: row.service,
  resource: row.resource === '' ? null : row.resource,
  startsAt: isoOf(row.starts_at),
  endsAt: isoOf(row.ends_at),
  timezone: row.timezone,
  status: row.status,
  createdAt: isoOf(row.at),
});

export const calendarBookingOf = (row: BookingRow): CalendarBooking => ({
  ...bookingOf(row),
  uid: row.root_id,
  sequence: row.sequence,
  changedAt: isoOf(row.changed_at),
});
