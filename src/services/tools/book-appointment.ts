import { z } from 'zod';
import type { Booking, Journal } from '../storage/journal.port.ts';
import { bookingsIn, DateArg, diaryOf, durationOf, NO_SUCH_DATE, offersNear } from './appointment.ts';
import { sentenceFor, serviceArg, SKIPPED, spanOfBooking, TimeArg } from './appointment.ts';
import { nameArg, notedNumberArg } from './argument-text.ts';
import { judgeSlot } from './availability.ts';
import { contactNumber } from './caller-number.ts';
import { defineTool } from './define-tool.ts';
import { localIso, momentOf, spokenTime, utcIso } from './local-time.ts';
import { overlaps } from './spans.ts';
import { done, refuse } from './tool-answer.ts';

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
    policy: { kind: 'effect', once: 'arguments', outlivesCall: true, needsReadBack: true, isWayOut: false },
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
      const zone = business.timezone;
      const moment = momentOf(date, time, zone);
      if (moment.kind === 'noSuchDate') return refuse(NO_SUCH_DATE);
      if (moment.kind === 'skipped') return refuse(SKIPPED);

      const nowMs = call.now();
      const slot = { startMs: moment.ms, endMs: moment.ms + durationOf(service, business) };
      const problem = judgeSlot(slot, business, nowMs);
      const free = () => offersNear(slot, profile, { journal, nowMs });
      if (problem !== undefined) return refuse(sentenceFor(problem, nowMs, business), { free: await free() });

      const booking = await journal.transact('createBooking', {
        key,
        resource: diaryOf(profile),
        callSid: call.callSid,
        name,
        phone: contactNumber(phone, call),
        service,
        startsAt: utcIso(slot.startMs),
        endsAt: utcIso(slot.endMs),
        timezone: zone,
        at: nowMs,
      });
      if (booking !== undefined) return done(confirmationOf(booking));

      const inTheWay = (await bookingsIn(slot, profile, journal)).filter((other) =>
        overlaps(spanOfBooking(other), slot),
      );
      const reason = inTheWay.some(({ callSid }) => callSid === call.callSid)
        ? 'An appointment at that time was already booked in this call.'
        : 'That time was just taken.';
      return refuse(reason, { free: await free() });
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
