import type { Database } from 'better-sqlite3';
import { type BookingRow, calendarBookingOf } from './booking-rows.ts';
import { instantOf } from '../folds/instant.ts';
import type { Queries } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

/** What a calendar shows: of one diary, or of all of them. In the order of an index, so that nothing is sorted. */
export function openCalendar(db: Database): InThread<Queries>['calendar'] {
  // A booking that was moved is in its successor, which goes by the same root. One that is gone was the last of its end.
  const behind = (whose: string) =>
    db.prepare<[object], BookingRow>(
      `SELECT * FROM bookings WHERE ${whose} status <> 'rescheduled'
         AND (ends_at, n) > (@end, coalesce((SELECT n FROM bookings WHERE id = @id), ${String(Number.MAX_SAFE_INTEGER)}))
       ORDER BY ends_at, n LIMIT @limit`,
    );
  const ofAll = behind('');
  const ofOne = behind('diary = @diary AND');
  return ({ diary, since, limit, after }) => {
    const place =
      after === undefined ? { end: since, id: '' } : { end: instantOf(after.endsAt, 'endsAt'), id: after.id };
    const rows = diary === undefined ? ofAll.all({ ...place, limit }) : ofOne.all({ ...place, limit, diary });
    return rows.map(calendarBookingOf);
  };
}
