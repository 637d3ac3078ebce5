import { z } from 'zod';
import type { Booking } from '../../../protocol/stored-items.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { DateArg, freeNear, HELD_BY_CALL, JUST_TAKEN, slotFor, TimeArg } from './appointment.ts';
import { defineTool } from '../define-tool.ts';
import { DIARY_CHANGES, resourcesOf } from './diary.ts';
import { localIso, spokenTime, utcIso } from './local-time.ts';
import { findOwnBooking, ownBookingArgs } from './own-booking.ts';
import { done, refuse } from '../tool-answer.ts';

const CHANGED = 'That appointment was changed just now.';

/**
 * Moves an appointment that was booked from the caller's own number:
 * own-booking.ts says what counts. It keeps its length. The new time is taken
 * and the old one given back in one transaction, or neither is.
 */
export const rescheduleAppointment = (journal: Journal) =>
  defineTool({
    name: 'reschedule_appointment',
    description:
      "Move an appointment that was booked from the caller's own number to another time. Ask the caller for its day and time, and for the new ones; never guess them.",
    policy: {
      kind: 'effect',
      once: 'arguments',
      undoes: DIARY_CHANGES,
      outlivesCall: true,
      needsReadBack: true,
      isWayOut: false,
    },
    args: () =>
      z.strictObject({
        ...ownBookingArgs,
        newDate: DateArg.meta({ description: 'New date in the time zone of the business, YYYY-MM-DD.' }),
        newTime: TimeArg.meta({ description: 'New start in the time zone of the business, 24-hour HH:MM.' }),
      }),
    run: async ({ newDate, newTime, ...named }, { call, key }) => {
      const { profile, callSid } = call;
      const found = await findOwnBooking(named, { call, key, journal });
      if ('status' in found) return found;
      const { booking, isChanged } = found;
      if (isChanged) return booking.status === 'confirmed' ? done(newTimeOf(booking)) : refuse(CHANGED);

      const search = { journal, nowMs: call.now(), without: booking.id };
      const durationMs = Date.parse(booking.endsAt) - Date.parse(booking.startsAt);
      const slot = await slotFor({ date: newDate, time: newTime, durationMs }, profile, search);
      if ('status' in slot) return slot;
      const answer = await journal.transact('moveBooking', {
        key,
        id: booking.id,
        callSid,
        resources: resourcesOf(profile),
        startsAt: utcIso(slot.startMs),
        endsAt: utcIso(slot.endMs),
        at: search.nowMs,
      });
      switch (answer.outcome) {
        case 'moved':
          return done(newTimeOf(answer.booking));
        case 'taken':
          return refuse(`${JUST_TAKEN} The old time is kept.`, await freeNear(slot, profile, search));
        case 'heldByCall':
          return refuse(HELD_BY_CALL, await freeNear(slot, profile, search));
        case 'gone':
          return refuse(CHANGED);
      }
    },
  });

/** What the caller has just said, and how long it takes. Nothing else of the booking is told. */
function newTimeOf({ startsAt, endsAt, timezone }: Booking) {
  const startMs = Date.parse(startsAt);
  return {
    rescheduled: true,
    startsAt: localIso(startMs, timezone),
    endsAt: localIso(Date.parse(endsAt), timezone),
    timezone,
    spoken: spokenTime(startMs, timezone),
  };
}
