import { z } from 'zod';
import type { Journal } from '../../storage/journal.port.ts';
import { dayFrom, wallAt } from '../../../wall-clock.ts';
import { DateArg, durationOf, NO_SUCH_DATE, offersNear } from './appointment.ts';
import { sentenceFor, serviceArg, SKIPPED, TimeArg } from './appointment.ts';
import { judgeSlot } from './availability.ts';
import type { CallFacts } from '../../desk/call-facts.ts';
import { defineTool } from '../define-tool.ts';
import { freeIn, isTaken } from './diary.ts';
import { momentOf, spokenHour, timeOf } from './local-time.ts';
import type { Span } from './spans.ts';
import { done, type Fields, refuse } from '../tool-answer.ts';

/**
 * Tells what is free on a day, and whether one time is.
 *
 * It promises nothing: between this answer and a booking another caller can
 * have taken the time, and only `book_appointment` knows.
 */
export const checkAvailability = (journal: Journal) =>
  defineTool({
    name: 'check_availability',
    description:
      'Look up which times are free on a date, or whether one time is free. Use it before you offer a time.',
    policy: { kind: 'reads', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: false },
    args: (profile) =>
      z.strictObject({ date: DateArg, time: TimeArg.optional(), service: serviceArg(profile).optional() }),
    run: async ({ date, time, service }, { call }) => {
      const { business } = call.profile;
      const day = dayOf(date, business.timezone);
      if (day === undefined) return refuse(NO_SUCH_DATE);

      const durationMs = durationOf(service, business);
      const nowMs = call.now();
      const free = await freeIn(call.profile, journal, { window: day, durationMs, nowMs });
      const asked = time === undefined ? {} : await answerFor(time);
      return done({
        date,
        timezone: business.timezone,
        durationMinutes: durationMs / 60_000,
        ...(typeof business.hours === 'string' && business.hours !== '' ? { hours: business.hours } : {}),
        free: free.map(({ startMs, endMs }) => ({
          from: timeOf(startMs, business.timezone),
          to: endOf(endMs, business.timezone),
          spoken: `${spokenHour(startMs, business.timezone)} to ${spokenHour(endMs, business.timezone)}`,
        })),
        ...asked,
      });

      async function answerFor(wantedTime: string): Promise<Fields> {
        const moment = momentOf(date, wantedTime, business.timezone);
        if (moment.kind !== 'exact') return { isFree: false, reason: SKIPPED };
        const wanted = { startMs: moment.ms, endMs: moment.ms + durationMs };
        const reason = await whyNot(wanted, call, journal);
        if (reason === undefined) return { isFree: true };
        return { isFree: false, reason, nearest: await offersNear(wanted, call.profile, { journal, nowMs }) };
      }
    },
  });

async function whyNot(wanted: Span, call: CallFacts, journal: Journal): Promise<string | undefined> {
  const problem = judgeSlot(wanted, call.profile.business, call.now());
  if (problem !== undefined) return sentenceFor(problem, call.now(), call.profile.business);
  return (await isTaken(call.profile, journal, wanted)) ? 'That time is taken.' : undefined;
}

/** A day ends at 24:00; 00:00 is where it began. */
function endOf(ms: number, zone: string): string {
  const time = timeOf(ms, zone);
  return time === '00:00' ? '24:00' : time;
}

/** The whole of a local day, 23 to 25 hours. */
function dayOf(date: string, zone: string): Span | undefined {
  const midnight = wallAt(date);
  const day = midnight === undefined ? undefined : dayFrom(midnight, zone);
  return day !== undefined && day.startMs < day.endMs ? day : undefined;
}
