import type { Database } from 'better-sqlite3';
import { openBookingPlaces, slotOf } from './booking-place.ts';
import { bookingOf, type BookingRow } from './booking-rows.ts';
import type { BookingTable } from './booking-table.ts';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import { resourcesFrom } from '../rules/booking-place.ts';
import type { InThread } from './in-thread.ts';

/** Bookings that are cancelled or moved. One that is moved ends, and its successor has the same root. */
export function bookingChanges(
  db: Database,
  log: CallLog,
  bookings: BookingTable,
  newId: () => string,
): InThread<Pick<Transactions, 'cancelBooking' | 'moveBooking'>> {
  const placeIn = openBookingPlaces(db);

  return {
    cancelBooking({ key, id, callSid, at }) {
      const old = bookings.confirmed(id);
      if (old === undefined) return undefined;
      const cancelled = bookings.end(old, { key, status: 'cancelled', callSid, at });
      log.note(callSid, { at, event: 'booking.cancelled', body: { bookingId: id } });
      return bookingOf(cancelled);
    },

    moveBooking({ key, id, callSid, resources, startsAt, endsAt, at }) {
      const old = bookings.confirmed(id);
      if (old === undefined) return { outcome: 'gone' };
      const { from, to } = slotOf({ startsAt, endsAt });
      const preferred = resourcesFrom(old.resource, resources);
      const place = placeIn({ diary: old.diary, resources: preferred, callSid, from, to }, id);
      if (typeof place === 'string') return { outcome: place };
      bookings.end(old, { key, status: 'rescheduled', callSid, at });
      const row = bookings.insert({
        ...unchangedOf(old),
        id: newId(),
        key,
        resource: place.resource,
        call_sid: callSid,
        starts_at: from,
        ends_at: to,
        sequence: old.sequence + 1,
        at,
      });
      const body = { bookingId: id, newBookingId: row.id };
      log.note(callSid, { at, event: 'booking.rescheduled', body });
      return { outcome: 'moved', booking: bookingOf(row) };
    },
  };
}

/** What stays when an appointment is moved: whose it is, and what for. */
const unchangedOf = ({ root_id, diary, caller, name, phone, service, timezone }: BookingRow) => ({
  root_id,
  diary,
  caller,
  name,
  phone,
  service,
  timezone,
});
