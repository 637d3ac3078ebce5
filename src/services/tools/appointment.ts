/** What the two diary tools have in common: their arguments, the diary they look into, the words they offer times in. */

import { z } from 'zod';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { Booking, Journal } from '../storage/journal.port.ts';
import { SOMETHING, spokenText, tidy } from './argument-text.ts';
import { bookablePart, type Business, freeSpans, type SlotProblem, startsNear } from './availability.ts';
import { dateOf, spokenTime, timeOf, utcIso } from './local-time.ts';
import type { Span } from './spans.ts';

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 30;
/** How far around the wanted day other times are looked for: nobody waits for an answer read from a whole year. */
const SEARCH_MS = 14 * 24 * 60 * MINUTE_MS;
/** As many as can be said in one breath. */
const OFFERS = 4;

export const DateArg = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be YYYY-MM-DD')
  .meta({ description: 'Date in the time zone of the business, YYYY-MM-DD.' });

export const TimeArg = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM')
  .meta({ description: 'Start in the time zone of the business, 24-hour HH:MM.' });

/** One of the services by its name, where the profile has any; else any words. */
export function serviceArg({ business }: AgentProfile) {
  const names = business.services.map((service) => (typeof service === 'string' ? service : service.name));
  if (names.length > 0)
    return z.enum([...new Set(names)]).meta({ description: 'The service, by this name.' });
  return spokenText(120, 'What the appointment is for.', SOMETHING).transform((said) => tidy(said) ?? said);
}

/** How long a service takes, in ms. */
export function durationOf(service: string | undefined, { services }: Business): number {
  const found = services.find((one) => typeof one !== 'string' && one.name === service);
  return (typeof found === 'object' ? found.durationMinutes : DEFAULT_MINUTES) * MINUTE_MS;
}

/** One diary for each agent: what the journal calls the resource. */
export const diaryOf = (profile: AgentProfile): string => profile.id;

export async function bookingsIn(window: Span, profile: AgentProfile, journal: Journal): Promise<Booking[]> {
  return journal.query('bookingsBetween', {
    resource: diaryOf(profile),
    from: utcIso(window.startMs),
    to: utcIso(window.endMs),
  });
}

export const spanOfBooking = ({ startsAt, endsAt }: Booking): Span => ({
  startMs: Date.parse(startsAt),
  endMs: Date.parse(endsAt),
});

/** A time as the model is given it: to say, and to book with. */
interface OfferedTime {
  readonly date: string;
  readonly time: string;
  readonly spoken: string;
}

const offer = (ms: number, zone: string): OfferedTime => ({
  date: dateOf(ms, zone),
  time: timeOf(ms, zone),
  spoken: spokenTime(ms, zone),
});

/** What is free in a window, for appointments of one length. */
export async function freeIn(
  window: Span,
  profile: AgentProfile,
  { journal, nowMs, durationMs }: { journal: Journal; nowMs: number; durationMs: number },
): Promise<Span[]> {
  const bookable = bookablePart(window, nowMs);
  if (bookable === undefined) return [];
  const taken = (await bookingsIn(bookable, profile, journal)).map(spanOfBooking);
  return freeSpans(bookable, profile.business, { taken, durationMs });
}

/** The free times nearest to the wanted one, at most four. Empty when there are none within two weeks of it. */
export async function offersNear(
  { startMs, endMs }: Span,
  profile: AgentProfile,
  { journal, nowMs }: { journal: Journal; nowMs: number },
): Promise<OfferedTime[]> {
  const centreMs = Math.max(startMs, nowMs);
  const window = { startMs: centreMs - SEARCH_MS, endMs: centreMs + SEARCH_MS };
  const durationMs = endMs - startMs;
  const free = await freeIn(window, profile, { journal, nowMs, durationMs });
  const zone = profile.business.timezone;
  return startsNear(startMs, free, { durationMs, limit: OFFERS }).map((ms) => offer(ms, zone));
}

/** Why a time cannot be had, in a sentence for the model. */
export function sentenceFor(problem: SlotProblem, nowMs: number, business: Business): string {
  switch (problem) {
    case 'past':
      return `That time is over. It is now ${spokenTime(nowMs, business.timezone)}.`;
    case 'tooFar':
      return 'That is more than a year ahead.';
    case 'holiday':
      return 'The business is closed on that day.';
    case 'closed':
      return 'The business is not open for all of that time.';
  }
}

export const NO_SUCH_DATE = 'There is no such date. Ask the caller for the date again.';
export const SKIPPED = 'The clocks are put forward that night and skip that time. Offer a later one.';
