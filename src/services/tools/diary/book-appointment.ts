import { z } from 'zod';
import type { Booking } from '../../../protocol/stored-items.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { DateArg, durationOf, freeNear, HELD_BY_CALL, JUST_TAKEN } from './appointment.ts';
import { serviceArg, slotFor, TimeArg } from './appointment.ts';
import { nameArg, notedNumberArg } from '../argument-text.ts';
import { carriedNumber, contactNumber } from '../caller-number.ts';
import { defineTool } from '../define-tool.ts';
import { DIARY_CHANGES, diaryOf, resourcesOf } from './diary.ts';
import { localIso, spokenTime, utcIso } from './local-time.ts';
import { done, refuse } from '../tool-answer.ts';

/** A family's worth. A call that wants more is taking the diary away from everybody else. */
const MAX_PER_CALL = 3;

/**
 * Books an appointment in the business's diary.
 *
 * The rules of the business are asked first. Whether the time is still free is
 * asked of nobody: the booking itself is one transaction that answers, so of
 * two calls that want one time exactly one gets it, and the other is told what
 * is free.
 */
export const bookAppointment = (journal: Journal) =>
  defineTool({
    name: 'book_appointment',
    description:
      "Book an appointment. Ask for the service, the date and time, and the caller's name. Never guess any of them.",
    policy: {
      kind: 'effect',
      once: 'arguments',
      undoes: DIARY_CHANGES,
      outlivesCall: true,
      needsReadBack: true,
      isWayOut: false,
    },
    args: (profile) =>
      z.strictObject({
        name: nameArg(),
        service: serviceArg(profile),
        date: DateArg,
        time: TimeArg,
        phone: notedNumberArg(),
      }),
    run: async ({ name, service, date, time, phone }, { call, key }) => {
      const { profile } = call;
      const { business } = profile;
      const search = { journal, nowMs: call.now() };
      const slot = await slotFor({ date, time, durationMs: durationOf(service, business) }, profile, search);
      if ('status' in slot) return slot;

      const answer = await journal.transact('createBooking', {
        key,
        diary: diaryOf(profile),
        resources: resourcesOf(profile),
        maxPerCall: MAX_PER_CALL,
        callSid: call.callSid,
        caller: carriedNumber(call),
        name,
        phone: contactNumber(phone, call),
        service,
        startsAt: utcIso(slot.startMs),
        endsAt: utcIso(slot.endMs),
        timezone: business.timezone,
        at: search.nowMs,
      });
      switch (answer.outcome) {
        case 'booked':
          return done(confirmationOf(answer.booking));
        case 'taken':
          return refuse(JUST_TAKEN, await freeNear(slot, profile, search));
        case 'heldByCall':
          return refuse(HELD_BY_CALL, await freeNear(slot, profile, search));
        case 'tooMany':
          return refuse('No more appointments can be booked in this call.');
      }
    },
  });

function confirmationOf({ id, service, startsAt, endsAt, timezone }: Booking) {
  const startMs = Date.parse(startsAt);
  return {
    bookingId: id,
    service,
    startsAt: localIso(startMs, timezone),
    endsAt: localIso(Date.parse(endsAt), timezone),
    timezone,
    spoken: spokenTime(startMs, timezone),
  };
}
