import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { BookingRow } from './booking-rows.ts';
import { instantOf } from '../folds/instant.ts';

/** What is wanted: one of these resources of a diary, from then to then, in ms since the Unix epoch. */
interface WantedPlace {
  readonly diary: string;
  readonly resources: readonly string[];
  readonly callSid: string;
  readonly from: number;
  readonly to: number;
}

type BookingPlace = { readonly resource: string } | 'taken' | 'heldByCall';

/**
 * Finds the first of the resources that has nothing in the slot, or says why
 * there is none. `exceptId` names a booking that is about to leave its place.
 */
export function openBookingPlaces(db: Database) {
  const overlapping = db.prepare<[string, number, number], BookingRow>(
    `SELECT * FROM bookings WHERE diary = ? AND ends_at > ? AND starts_at < ? AND status = 'confirmed'`,
  );

  return ({ diary, resources, callSid, from, to }: WantedPlace, exceptId?: string): BookingPlace => {
    const inTheWay = overlapping.all(diary, from, to).filter(({ id }) => id !== exceptId);
    // One caller in two chairs at once is one caller too many, whatever they call themselves the second time.
    if (inTheWay.some(({ call_sid }) => call_sid === callSid)) return 'heldByCall';
    // A resource that the profile no longer names keeps all of them busy: rather too little is given than too much.
    const isLost = inTheWay.some(({ resource }) => !resources.includes(resource));
    const resource = resources.find((one) => inTheWay.every((booking) => booking.resource !== one));
    return isLost || resource === undefined ? 'taken' : { resource };
  };
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
