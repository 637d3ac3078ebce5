import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { bookingOf, type BookingRow } from './booking-rows.ts';
import type { CallLog } from './call-log.ts';
import { instantOf } from '../folds/instant.ts';
import type { Transactions } from '../journal.port.ts';

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
): Pick<Transactions, BookingTransaction> {
  const byKey = db.prepare<[string], BookingRow>('SELECT * FROM bookings WHERE key = ?');
  const byId = db.prepare<[string], BookingRow>('SELECT * FROM bookings WHERE id = ?');
  const endedBy = db.prepare<[string], BookingRow>(
    'SELECT * FROM bookings WHERE ended_key = ? ORDER BY n DESC LIMIT 1',
  );
  const overlapping = db.prepare<[string, number, number], BookingRow>(
    `SELECT * FROM bookings WHERE diary = ? AND ends_at > ? AND starts_at < ? AND status = 'confirmed'`,
  );
  const ofCaller = db.prepare<[string, string, number], BookingRow>(
    `SELECT * FROM bookings WHERE diary = ? AND caller = ? AND starts_at = ? AND status = 'confirmed' ORDER BY n`,
  );
  const countOfCall = db
    .prepare<[string], number>(`SELECT count(*) FROM bookings WHERE call_sid = ? AND status = 'confirmed'`)
    .pluck();
  const countMisses = db
    .prepare<[string], number>(
      `SELECT count(*) FROM events WHERE call_sid = ? AND event = 'booking.missed' AND sender = 'journal'`,
    )
    .pluck();
  // What earlier requests came to holds no longer: booked, cancelled, and booked again are three effects.
  const forgetRequest = db.prepare<[string]>('DELETE FROM intents WHERE key = ?');
  const forgetEndings = db.prepare<[string, string]>(
    `DELETE FROM intents WHERE call_sid = ? AND key <> ?
       AND key IN (SELECT ended_key FROM bookings WHERE ended_key IS NOT NULL)`,
  );
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

  /** The first of the resources that has nothing in the slot, or why there is none. */
  const placeIn = (
    { diary, resources, callSid, from, to }: Place,
    exceptId?: string,
  ): { resource: string } | 'taken' | 'heldByCall' => {
    const inTheWay = overlapping.all(diary, from, to).filter(({ id }) => id !== exceptId);
    // One caller in two chairs at once is one caller too many, whatever they call themselves the second time.
    if (inTheWay.some(({ call_sid }) => call_sid === callSid)) return 'heldByCall';
    // A resource that the profile no longer names keeps all of them busy: rather too little is given than too much.
    const isLost = inTheWay.some(({ resource }) => !resources.includes(resource));
    const resource = resources.find((one) => inTheWay.every((booking) => booking.resource !== one));
    return isLost || resource === undefined ? 'taken' : { resource };
  };

  const endBooking = ({ id, key: madeBy, sequence }: BookingRow, { callSid, ...how }: Ending): BookingRow => {
    const steps = how.status === 'cancelled' ? 1 : 0; // Of one that is moved the successor counts.
    const row = written(update.get({ ...how, id, sequence: sequence + steps }));
    forgetRequest.run(madeBy);
    forgetEndings.run(callSid, how.key);
    return row;
  };

  return {
    createBooking({ key, diary, resources, maxPerCall, ...booking }) {
      const known = byKey.get(key);
      if (known !== undefined) return { outcome: 'booked', booking: bookingOf(known) };
      const { callSid, caller, name, phone, service, timezone, at } = booking;
      const { from, to } = slotOf(booking);
      const place = placeIn({ diary, resources, callSid, from, to });
      if (typeof place === 'string') return { outcome: place };
      if ((countOfCall.get(callSid) ?? 0) >= maxPerCall) return { outcome: 'tooMany' };
      const id = newId();
      const row = written(
        insert.get({
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
        }),
      );
      forgetEndings.run(callSid, key);
      log.note(callSid, { at, event: 'booking.stored', body: { bookingId: id } });
      return { outcome: 'booked', booking: bookingOf(row) };
    },

    findOwnBookings({ key, callSid, diary, caller, startsAt, maxMisses, at }) {
      const ended = endedBy.get(key);
      const found = ofCaller.all(diary, caller, instantOf(startsAt, 'startsAt'));
      if ((countMisses.get(callSid) ?? 0) >= maxMisses) return { outcome: 'locked' };
      if (found.length > 0) return { outcome: 'found', bookings: found.map(bookingOf) };
      if (ended !== undefined) {
        const moved = byKey.get(key);
        return { outcome: 'changed', booking: bookingOf(moved ?? ended) };
      }
      log.note(callSid, { at, event: 'booking.missed', body: {} });
      return { outcome: 'missed' };
    },

    cancelBooking({ key, id, callSid, at }) {
      const old = byId.get(id);
      if (old?.status !== 'confirmed') return undefined;
      const cancelled = endBooking(old, { key, status: 'cancelled', callSid, at });
      log.note(callSid, { at, event: 'booking.cancelled', body: { bookingId: id } });
      return bookingOf(cancelled);
    },

    moveBooking({ key, id, callSid, resources, startsAt, endsAt, at }) {
      const old = byId.get(id);
      if (old?.status !== 'confirmed') return { outcome: 'gone' };
      const { from, to } = slotOf({ startsAt, endsAt });
      // Where it was, if that is possible: the caller may know the person.
      const preferred = resources.includes(old.resource)
        ? [old.resource, ...resources.filter((one) => one !== old.resource)]
        : resources;
      const place = placeIn({ diary: old.diary, resources: preferred, callSid, from, to }, id);
      if (typeof place === 'string') return { outcome: place };
      endBooking(old, { key, status: 'rescheduled', callSid, at });
      const row = written(
        insert.get({
          ...unchangedOf(old),
          id: newId(),
          key,
          resource: place.resource,
          call_sid: callSid,
          starts_at: from,
          ends_at: to,
          sequence: old.sequence + 1,
          at,
        }),
      );
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

interface Ending {
  readonly key: string;
  readonly status: 'cancelled' | 'rescheduled';
  readonly callSid: string;
  readonly at: number;
}

/** A statement that writes one row answers it; its type does not say so. */
function written(row: BookingRow | undefined): BookingRow {
  if (row === undefined) throw new EngineError('INTERNAL', 'a write answered no row');
  return row;
}

interface Place {
  readonly diary: string;
  readonly resources: readonly string[];
  readonly callSid: string;
  readonly from: number;
  readonly to: number;
}

function slotOf({ startsAt, endsAt }: { startsAt: string; endsAt: string }): { from: number; to: number } {
  const from = instantOf(startsAt, 'startsAt');
  const to = instantOf(endsAt, 'endsAt');
  if (to <= from) throw new EngineError('REQUEST_INVALID', 'endsAt must come after startsAt');
  return { from, to };
}
