/**
 * Which appointments a caller may change.
 *
 * Two things count together: the booking was made from the number that is
 * calling now, and the caller names the day and the time of it. A number alone
 * proves nothing, because caller ID can be forged; so nothing of a booking is
 * read out to anyone, the answer to a wrong guess is the same whether or not
 * somebody else has that time, and after a few guesses a call gets no further.
 * A withheld number owns nothing.
 */

import type { z } from 'zod';
import type { Booking } from '../../../protocol/stored-items.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { DateArg, NO_SUCH_DATE, TimeArg } from './appointment.ts';
import { lineArg } from '../argument-text.ts';
import type { CallFacts } from '../../desk/call-facts.ts';
import { carriedNumber } from '../caller-number.ts';
import { diaryOf } from './diary.ts';
import { momentOf, utcIso } from './local-time.ts';
import { refuse, type ToolAnswer } from '../tool-answer.ts';

/** Enough for a caller who is unsure of the day; a day has more times than this. */
const MAX_MISSES = 3;

const PERSON = 'Offer to take a message, or to transfer.';

/** How the caller names the appointment that is to be changed. */
export const ownBookingArgs = {
  date: DateArg.meta({ description: 'Date of the booked appointment as the caller says it, YYYY-MM-DD.' }),
  time: TimeArg.meta({
    description: 'Start of the booked appointment as the caller says it, 24-hour HH:MM.',
  }),
  name: lineArg(120, 'The name that it was booked under. Only when you were told to ask for it.'),
};

/** How the caller named it. */
interface NamedBooking {
  readonly date: z.output<typeof DateArg>;
  readonly time: z.output<typeof TimeArg>;
  readonly name?: string | undefined;
}

/** The booking to change; the booking that this very request has changed before; or the refusal. */
export async function findOwnBooking(
  { date, time, name }: NamedBooking,
  { call, key, journal }: { call: CallFacts; key: string; journal: Journal },
): Promise<{ booking: Booking; isChanged: boolean } | ToolAnswer> {
  const caller = carriedNumber(call);
  if (caller === null) {
    return refuse(
      `The caller's number is withheld, so no appointment can be changed in this call. ${PERSON}`,
    );
  }
  const moment = momentOf(date, time, call.profile.business.timezone);
  if (moment.kind === 'noSuchDate') return refuse(NO_SUCH_DATE);
  const answer = await journal.transact('findOwnBookings', {
    key,
    callSid: call.callSid,
    diary: diaryOf(call.profile),
    caller,
    // A time that the clock skips is the time of no booking: it is looked for, and missed, like any other.
    startsAt: utcIso(moment.kind === 'exact' ? moment.ms : 0),
    maxMisses: MAX_MISSES,
    at: call.now(),
  });
  switch (answer.outcome) {
    case 'locked':
      return refuse(`No appointment can be changed in this call any more. ${PERSON}`);
    case 'missed':
      return refuse(
        "No appointment that was booked from the caller's number begins then. Ask for the day and the time once more.",
      );
    case 'changed':
      return { booking: answer.booking, isChanged: true };
    case 'found':
      return oneOf(answer.bookings, { name, nowMs: call.now() });
  }
}

/** A family can have two chairs at one time: then the name tells which. */
function oneOf(
  bookings: readonly Booking[],
  { name, nowMs }: { name: string | undefined; nowMs: number },
): { booking: Booking; isChanged: false } | ToolAnswer {
  const meant = bookings.length === 1 ? bookings : bookings.filter((booking) => isFor(booking, name));
  const [booking] = meant;
  if (booking === undefined || meant.length > 1) {
    return refuse('More than one appointment begins then. Ask for the name that it was booked under.');
  }
  if (Date.parse(booking.startsAt) <= nowMs) return refuse('That appointment has begun, or is over.');
  return { booking, isChanged: false };
}

/** True when every word said is a word of the name. */
function isFor(booking: Booking, name: string | undefined): boolean {
  const words = wordsOf(booking.name);
  return name !== undefined && wordsOf(name).every((word) => words.includes(word));
}

const wordsOf = (name: string) => name.normalize('NFKC').toLowerCase().split(/\s+/u);
