import type { Database } from 'better-sqlite3';
import { type BookingRow, calendarBookingOf } from './booking-rows.ts';
import type { Queries } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

/** What a calendar shows: of one diary, or of all of them. */
export function openCalendar(db: Database): InThread<Queries>['calendar'] {
  // A booking that was moved is in its successor, which goes by the same root.
  const endingAfter = (whose: string) =>
    db.prepare<[object], BookingRow>(
      `SELECT * FROM bookings WHERE ${whose} ends_at > @since AND status <> 'rescheduled'
       ORDER BY starts_at, n LIMIT @limit`,
    );
  const ofAll = endingAfter('');
  const ofOne = endingAfter('diary = @diary AND');
  return ({ diary, ...range }) =>
    (diary === undefined ? ofAll.all(range) : ofOne.all({ ...range, diary })).map(calendarBookingOf);
}
