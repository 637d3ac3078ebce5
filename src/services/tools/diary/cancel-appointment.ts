import { z } from 'zod';
import type { Journal } from '../../storage/journal.port.ts';
import { defineTool } from '../define-tool.ts';
import { DIARY_CHANGES } from './diary.ts';
import { spokenTime } from './local-time.ts';
import { findOwnBooking, ownBookingArgs } from './own-booking.ts';
import { done, refuse } from '../tool-answer.ts';

/** Cancels an appointment that was booked from the caller's own number: own-booking.ts says what counts. */
export const cancelAppointment = (journal: Journal) =>
  defineTool({
    name: 'cancel_appointment',
    description:
      "Cancel an appointment that was booked from the caller's own number. Ask the caller for its day and time; never guess them.",
    policy: {
      kind: 'effect',
      once: 'arguments',
      undoes: DIARY_CHANGES,
      outlivesCall: true,
      needsReadBack: true,
      isWayOut: false,
    },
    args: () => z.strictObject(ownBookingArgs),
    run: async (named, { call, key }) => {
      const found = await findOwnBooking(named, { call, key, journal });
      if ('status' in found) return found;
      const { booking, isChanged } = found;
      const { callSid } = call;
      const cancelled = isChanged
        ? booking
        : await journal.transact('cancelBooking', { key, id: booking.id, callSid, at: call.now() });
      if (cancelled?.status !== 'cancelled') return refuse('That appointment was changed just now.');
      // The time is the caller's own word; nothing else of the booking is told.
      return done({ cancelled: true, spoken: spokenTime(Date.parse(booking.startsAt), booking.timezone) });
    },
  });
