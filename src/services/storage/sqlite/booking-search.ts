import type { Database } from 'better-sqlite3';
import { bookingOf, type BookingRow } from './booking-rows.ts';
import type { BookingTable } from './booking-table.ts';
import type { CallLog } from './call-log.ts';
import { instantOf } from '../folds/instant.ts';
import type { Transactions } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

/** A caller's own bookings, found by their start; what is asked for in vain is counted against the call. */
export function bookingSearch(
  db: Database,
  log: CallLog,
  bookings: BookingTable,
): InThread<Pick<Transactions, 'findOwnBookings'>> {
  const endedBy = db.prepare<[string], BookingRow>(
    'SELECT * FROM bookings WHERE ended_key = ? ORDER BY n DESC LIMIT 1',
  );
  const ofCaller = db.prepare<[string, string, number], BookingRow>(
    `SELECT * FROM bookings WHERE diary = ? AND caller = ? AND starts_at = ? AND status = 'confirmed' ORDER BY n`,
  );
  const countMisses = db
    .prepare<[string], number>(
      `SELECT count(*) FROM events WHERE call_sid = ? AND event = 'booking.missed' AND sender = 'journal'`,
    )
    .pluck();

  return {
    findOwnBookings({ key, callSid, diary, caller, startsAt, maxMisses, at }) {
      const ended = endedBy.get(key);
      const found = ofCaller.all(diary, caller, instantOf(startsAt, 'startsAt'));
      if ((countMisses.get(callSid) ?? 0) >= maxMisses) return { outcome: 'locked' };
      if (found.length > 0) return { outcome: 'found', bookings: found.map(bookingOf) };
      if (ended !== undefined) {
        const moved = bookings.byKey(key);
        return { outcome: 'changed', booking: bookingOf(moved ?? ended) };
      }
      log.note(callSid, { at, event: 'booking.missed', body: {} });
      return { outcome: 'missed' };
    },
  };
}
