import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { instantOf } from '../folds/instant.ts';
import { placeAmong } from '../rules/booking-place.ts';

/** What is wanted: one of these resources of a diary, from then to then, in ms since the Unix epoch. */
interface WantedPlace {
  readonly diary: string;
  readonly resources: readonly string[];
  readonly callSid: string;
  readonly from: number;
  readonly to: number;
}

/** Finds a place in what is booked by now: rules/booking-place.ts decides. */
export function openBookingPlaces(db: Database) {
  const overlapping = db.prepare<[string, number, number], { id: string; callSid: string; resource: string }>(
    `SELECT id, call_sid AS callSid, resource FROM bookings
     WHERE diary = ? AND ends_at > ? AND starts_at < ? AND status = 'confirmed'`,
  );
  return ({ diary, from, to, ...wanted }: WantedPlace, exceptId?: string) =>
    placeAmong(overlapping.all(diary, from, to), wanted, exceptId);
}

/**
 * A slot in ms since the Unix epoch.
 * @throws {EngineError} `REQUEST_INVALID` when it ends before it starts, or a time cannot be read.
 */
export function slotOf({ startsAt, endsAt }: { startsAt: string; endsAt: string }): {
  from: number;
  to: number;
} {
  const from = instantOf(startsAt, 'startsAt');
  const to = instantOf(endsAt, 'endsAt');
  if (to <= from) throw new EngineError('REQUEST_INVALID', 'endsAt must come after startsAt');
  return { from, to };
}
