import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { bookingChanges } from './booking-changes.ts';
import { openBookingPlaces, slotOf } from './booking-place.ts';
import { bookingOf } from './booking-rows.ts';
import { bookingSearch } from './booking-search.ts';
import { type BookingTable, openBookingTable } from './booking-table.ts';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

type BookingTransaction = 'createBooking' | 'findOwnBookings' | 'cancelBooking' | 'moveBooking';

/**
 * The transactions of the diaries. Each is called inside an open database
 * transaction, which is what makes "free" and "booked" one moment: of any
 * number of calls that want one slot, one gets it.
 *
 * @param newId - makes the id of a booking; a test passes a predictable one.
 */
export function bookingTransactions(
  db: Database,
  log: CallLog,
  newId: () => string = randomUUID,
): InThread<Pick<Transactions, BookingTransaction>> {
  const bookings = openBookingTable(db);
  return {
    ...newBookings(db, log, bookings, newId),
    ...bookingSearch(db, log, bookings),
    ...bookingChanges(db, log, bookings, newId),
  };
}

function newBookings(
  db: Database,
  log: CallLog,
  bookings: BookingTable,
  newId: () => string,
): InThread<Pick<Transactions, 'createBooking'>> {
  const placeIn = openBookingPlaces(db);
  const countOfCall = db
    .prepare<[string], number>(`SELECT count(*) FROM bookings WHERE call_sid = ? AND status = 'confirmed'`)
    .pluck();

  return {
    createBooking({ key, diary, resources, maxPerCall, ...booking }) {
      const known = bookings.byKey(key);
      if (known !== undefined) return { outcome: 'booked', booking: bookingOf(known) };
      const { callSid, caller, name, phone, service, timezone, at } = booking;
      const { from, to } = slotOf(booking);
      const place = placeIn({ diary, resources, callSid, from, to });
      if (typeof place === 'string') return { outcome: place };
      if ((countOfCall.get(callSid) ?? 0) >= maxPerCall) return { outcome: 'tooMany' };
      const id = newId();
      const row = bookings.insert({
        id,
        root_id: id,
        key,
        diary,
        resource: place.resource,
        call_sid: callSid,
        caller,
        name,
        phone,
        service,
        starts_at: from,
        ends_at: to,
        timezone,
        sequence: 0,
        at,
      });
      bookings.forgetEndings(callSid, key);
      log.note(callSid, { at, event: 'booking.stored', body: { bookingId: id } });
      return { outcome: 'booked', booking: bookingOf(row) };
    },
  };
}
