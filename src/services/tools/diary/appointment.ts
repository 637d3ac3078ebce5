/** What the diary tools have in common: their arguments, the words they offer times in, and why a time cannot be had. */

import { z } from 'zod';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { SOMETHING, spokenText, tidy } from '../argument-text.ts';
import { type Business, judgeSlot, type SlotProblem, startsNear } from './availability.ts';
import { freeIn } from './diary.ts';
import { dateOf, momentOf, spokenTime, timeOf } from './local-time.ts';
import type { Span } from './spans.ts';
import { type Fields, refuse, type ToolAnswer } from '../tool-answer.ts';

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

/** `09:00`, and what models make of it: `9:00`, `14.30`, `2:30 PM`, `2 p.m.`. */
const CLOCK_TIME = /^(?:(?:[01]?\d|2[0-3])[:.][0-5]\d|(?:0?[1-9]|1[0-2])(?:[:.][0-5]\d)? ?[AaPp]\.?[Mm]\.?)$/;

export const TimeArg = z
  .string()
  .regex(CLOCK_TIME, 'must be HH:MM')
  .transform(wallTime)
  .meta({ description: 'Start in the time zone of the business, 24-hour HH:MM.' });

/** `HH:MM` of a time that `CLOCK_TIME` takes. */
function wallTime(said: string): string {
  const [hour = 0, minute = 0] = (said.match(/\d+/g) ?? []).map(Number);
  const isMorning = /a/i.test(said);
  const isTwelveHours = isMorning || /p/i.test(said);
  const hours = isTwelveHours ? (hour % 12) + (isMorning ? 0 : 12) : hour;
  return `${String(hours).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

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

/** What a time is looked for with. */
export interface Search {
  readonly journal: Journal;
  readonly nowMs: number;
  /** A booking that is to be moved: its time counts as free. */
  readonly without?: string;
}

/** The free times nearest to the wanted one, at most four. Empty when there are none within two weeks of it. */
export async function offersNear(
  { startMs, endMs }: Span,
  profile: AgentProfile,
  { journal, nowMs, ...without }: Search,
): Promise<OfferedTime[]> {
  const centreMs = Math.max(startMs, nowMs);
  const window = { startMs: centreMs - SEARCH_MS, endMs: centreMs + SEARCH_MS };
  const durationMs = endMs - startMs;
  const free = await freeIn(profile, journal, { window, durationMs, nowMs, ...without });
  const zone = profile.business.timezone;
  return startsNear(startMs, free, { durationMs, limit: OFFERS, isOffered: (ms) => canBeSaid(ms, zone) }).map(
    (ms) => offer(ms, zone),
  );
}

/** False in the second of two equal hours, on the night the clock is put back: its reading means the first. */
function canBeSaid(ms: number, zone: string): boolean {
  const moment = momentOf(dateOf(ms, zone), timeOf(ms, zone), zone);
  return moment.kind === 'exact' && moment.ms === ms;
}

/** The slot that a caller asks for; or the refusal, with what is free where that helps. */
export async function slotFor(
  { date, time, durationMs }: { date: string; time: string; durationMs: number },
  profile: AgentProfile,
  search: Search,
): Promise<Span | ToolAnswer> {
  const { business } = profile;
  const moment = momentOf(date, time, business.timezone);
  if (moment.kind === 'noSuchDate') return refuse(NO_SUCH_DATE);
  if (moment.kind === 'skipped') return refuse(SKIPPED);
  const slot = { startMs: moment.ms, endMs: moment.ms + durationMs };
  const problem = judgeSlot(slot, business, search.nowMs);
  if (problem === undefined) return slot;
  return refuse(sentenceFor(problem, search.nowMs, business), await freeNear(slot, profile, search));
}

/** The free times that come with a refusal. */
export const freeNear = async (slot: Span, profile: AgentProfile, search: Search): Promise<Fields> => ({
  free: await offersNear(slot, profile, search),
});

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

export const JUST_TAKEN = 'That time was just taken.';
export const HELD_BY_CALL = 'An appointment at that time was already booked in this call.';
export const NO_SUCH_DATE = 'There is no such date. Ask the caller for the date again.';
export const SKIPPED = 'The clocks are put forward that night and skip that time. Offer a later one.';
