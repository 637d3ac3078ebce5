import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { BookingRow } from './booking-rows.ts';

/** By which request, and of which call, a booking ends. */
interface BookingEnding {
  readonly key: string;
  readonly status: 'cancelled' | 'rescheduled';
  readonly callSid: string;
  readonly at: number;
}

export type BookingTable = ReturnType<typeof openBookingTable>;

/** Bookings as rows: found by key or id, written, ended. Runs inside the transaction of whoever calls it. */
export function openBookingTable(db: Database) {
  const byKey = db.prepare<[string], BookingRow>('SELECT * FROM bookings WHERE key = ?');
  const byId = db.prepare<[string], BookingRow>('SELECT * FROM bookings WHERE id = ?');
  const insert = db.prepare<[Omit<BookingRow, 'ended_key' | 'status' | 'changed_at'>], BookingRow>(
    `INSERT INTO bookings (id, root_id, key, diary, resource, call_sid, caller, name, phone, service,
       starts_at, ends_at, timezone, status, sequence, at, changed_at)
     VALUES (@id, @root_id, @key, @diary, @resource, @call_sid, @caller, @name, @phone, @service,
       @starts_at, @ends_at, @timezone, 'confirmed', @sequence, @at, @at) RETURNING *`,
  );
  const update = db.prepare<[object], BookingRow>(
    `UPDATE bookings SET status = @status, sequence = @sequence, changed_at = @at, ended_key = @key,
       key = key || '#' || id WHERE id = @id RETURNING *`,
  );
  // What earlier requests came to holds no longer: booked, cancelled, and booked again are three effects.
  const forgetRequest = db.prepare<[string]>('DELETE FROM intents WHERE key = ?');
  const forgetEndings = db.prepare<[string, string]>(
    `DELETE FROM intents WHERE call_sid = ? AND key <> ?
       AND EXISTS (SELECT 1 FROM bookings WHERE ended_key = intents.key)`,
  );

  return {
    byKey: (key: string): BookingRow | undefined => byKey.get(key),
    /** Undefined when it is not there, or has ended. */
    confirmed(id: string): BookingRow | undefined {
      const row = byId.get(id);
      return row?.status === 'confirmed' ? row : undefined;
    },
    insert: (row: Omit<BookingRow, 'ended_key' | 'status' | 'changed_at'>): BookingRow =>
      written(insert.get(row)),
    end({ id, key: madeBy, sequence }: BookingRow, { callSid, ...how }: BookingEnding): BookingRow {
      const steps = how.status === 'cancelled' ? 1 : 0; // Of one that is moved the successor counts.
      const row = written(update.get({ ...how, id, sequence: sequence + steps }));
      forgetRequest.run(madeBy);
      forgetEndings.run(callSid, how.key);
      return row;
    },
    /** Forgets what requests of a call to end a booking came to, but for the one by this key. */
    forgetEndings(callSid: string, key: string): void {
      forgetEndings.run(callSid, key);
    },
  };
}

/** A statement that writes one row answers it; its type does not say so. */
function written(row: BookingRow | undefined): BookingRow {
  if (row === undefined) throw new EngineError('INTERNAL', 'a write answered no row');
  return row;
}
