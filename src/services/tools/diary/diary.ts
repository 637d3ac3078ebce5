/** The appointments of one agent's business: whose time is taken, and what is still free of it. */

import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { Booking } from '../../../protocol/stored-items.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { bookablePart, freeSpans } from './availability.ts';
import { utcIso } from './local-time.ts';
import { overlaps, type Span, spansOfStarts, startsIn } from './spans.ts';

/** What the journal calls the only resource of a business that names none. */
const ONLY = '';

/** The tools that change a diary: after each, what the others came to may be asked for again. */
export const DIARY_CHANGES = ['book_appointment', 'cancel_appointment', 'reschedule_appointment'];

/** One diary for each agent. */
export const diaryOf = (profile: AgentProfile): string => profile.id;

/** What of a business takes one appointment at a time; at least one. */
export const resourcesOf = ({ business }: AgentProfile): readonly string[] =>
  business.resources.length === 0 ? [ONLY] : business.resources;

/** When an appointment is looked for, and how long it takes. */
export interface AppointmentWish {
  readonly window: Span;
  readonly durationMs: number;
  readonly nowMs: number;
  /** A booking that is to be given back: its time counts as free. */
  readonly without?: string;
}

/**
 * What is free in a window: an appointment of that length can begin at any
 * moment of a stretch from which it ends within the stretch.
 */
export async function freeIn(
  profile: AgentProfile,
  journal: Journal,
  wish: AppointmentWish,
): Promise<Span[]> {
  const { durationMs, nowMs, without } = wish;
  const window = bookablePart(wish.window, nowMs);
  if (window === undefined) return [];
  const resources = resourcesOf(profile);
  const bookings = (await bookingsIn(profile, journal, window)).filter(({ id }) => id !== without);
  const starts = resources.flatMap((resource) => {
    const taken = bookings.filter((booking) => isOf(booking, resource, resources)).map(spanOf);
    return startsIn(freeSpans(window, profile.business, { taken, durationMs }), durationMs);
  });
  return spansOfStarts(starts, durationMs);
}

/** True when nothing of the business is free for all of a slot. */
export async function isTaken(profile: AgentProfile, journal: Journal, slot: Span): Promise<boolean> {
  const resources = resourcesOf(profile);
  const inTheWay = (await bookingsIn(profile, journal, slot)).filter((booking) =>
    overlaps(spanOf(booking), slot),
  );
  return resources.every((resource) => inTheWay.some((booking) => isOf(booking, resource, resources)));
}

function bookingsIn(profile: AgentProfile, journal: Journal, { startMs, endMs }: Span): Promise<Booking[]> {
  return journal.query('bookingsBetween', {
    diary: diaryOf(profile),
    from: utcIso(startMs),
    to: utcIso(endMs),
  });
}

/** As the journal sees it: a booking of a resource that the profile no longer names keeps all of them busy. */
function isOf({ resource }: Booking, wanted: string, resources: readonly string[]): boolean {
  const booked = resource ?? ONLY;
  return booked === wanted || !resources.includes(booked);
}

const spanOf = ({ startsAt, endsAt }: Booking): Span => ({
  startMs: Date.parse(startsAt),
  endMs: Date.parse(endsAt),
});
