/**
 * When a business takes appointments. Pure: profile, bookings and the time in, answers out.
 *
 * Structured hours (`[{ days, from, to }]`) bound appointments. Hours written as
 * text are for people: nothing is read out of them, not even Monday to Friday
 * nine to five, so every time of every day but the holidays is open, and the
 * model, which is told the text, keeps to it. An empty list is a business that
 * is never open. All times of day are those of the business's own zone.
 */

import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import { dayFrom, midnightOf, readingOf, WALL_DAY_MS, type WallMs, wallOf } from '../../../wall-clock.ts';
import { dateOf } from './local-time.ts';
import { clip, contains, merge, type Span, subtract } from './spans.ts';

export type Business = AgentProfile['business'];

/** Why a time cannot be had, whoever asks. That it is taken is the journal's to say. */
export type SlotProblem = 'past' | 'tooFar' | 'holiday' | 'closed';

const MINUTE_MS = 60_000;
/** Starts that are offered lie on the quarter of the hour, half an hour apart. */
const GRID_MS = 15 * MINUTE_MS;
const STEP_MS = 30 * MINUTE_MS;
/** An appointment is at most a year ahead: 366 days. */
const HORIZON_MS = 366 * 24 * 60 * MINUTE_MS;

/** As `getUTCDay` counts them. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The stretches of `window` in which the business is open, in order. Some 60 µs for each day of it. */
export function openings(window: Span, business: Business): Span[] {
  const spans: Span[] = [];
  let midnight = midnightOf(wallOf(window.startMs, business.timezone));
  let day: Span;
  do {
    day = dayFrom(midnight, business.timezone);
    spans.push(...clip(openingsOn(midnight, day, business), day));
    midnight += WALL_DAY_MS;
  } while (day.endMs < window.endMs);
  return clip(merge(spans), window);
}

/** Rows of hours on one day. Of a reading that comes twice the first opens and the last closes. */
function openingsOn(midnight: WallMs, day: Span, { hours, holidays, timezone }: Business): Span[] {
  const date = new Date(midnight);
  if (holidays.includes(date.toISOString().slice(0, 10))) return [];
  if (typeof hours === 'string') return [day];
  const weekday = WEEKDAYS[date.getUTCDay()];
  return hours
    .filter(({ days }) => weekday !== undefined && days.includes(weekday))
    .map(({ from, to }) => ({
      startMs: readingOf(midnight + minutesOf(from) * MINUTE_MS, timezone).firstMs,
      endMs: to === '24:00' ? day.endMs : readingOf(midnight + minutesOf(to) * MINUTE_MS, timezone).lastMs,
    }));
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

/** Whether the business's own rules allow an appointment. */
export function judgeSlot(slot: Span, business: Business, nowMs: number): SlotProblem | undefined {
  if (slot.startMs < nowMs) return 'past';
  if (slot.startMs > nowMs + HORIZON_MS) return 'tooFar';
  if (openings(slot, business).some((opening) => contains(opening, slot))) return undefined;
  return business.holidays.includes(dateOf(slot.startMs, business.timezone)) ? 'holiday' : 'closed';
}

/** What of `window` appointments can begin in: from the next quarter of the hour, up to a year ahead. Undefined when nothing. */
export function bookablePart({ startMs, endMs }: Span, nowMs: number): Span | undefined {
  const soonest = Math.ceil(nowMs / GRID_MS) * GRID_MS;
  const part = { startMs: Math.max(startMs, soonest), endMs: Math.min(endMs, nowMs + HORIZON_MS) };
  return part.startMs < part.endMs ? part : undefined;
}

/** The stretches of `window` that are open and not taken and that an appointment fits into. */
export function freeSpans(
  window: Span,
  business: Business,
  { taken, durationMs }: { taken: readonly Span[]; durationMs: number },
): Span[] {
  return subtract(openings(window, business), taken).filter(
    ({ startMs, endMs }) => endMs - startMs >= durationMs,
  );
}

/** The free starts nearest to the wanted one, of those that are offered at all, in the order of time. */
export function startsNear(
  wantedMs: number,
  free: readonly Span[],
  { durationMs, limit, isOffered = () => true }: StartsWanted,
): number[] {
  const starts: number[] = [];
  for (const { startMs, endMs } of free) {
    for (let start = Math.ceil(startMs / GRID_MS) * GRID_MS; start + durationMs <= endMs; start += STEP_MS) {
      starts.push(start);
    }
  }
  const nearest: number[] = [];
  const distance = (ms: number) => Math.abs(ms - wantedMs);
  for (const start of starts.sort((one, other) => distance(one) - distance(other) || one - other)) {
    if (nearest.length === limit) break;
    if (isOffered(start)) nearest.push(start);
  }
  return nearest.sort((one, other) => one - other);
}

interface StartsWanted {
  readonly durationMs: number;
  readonly limit: number;
  readonly isOffered?: (startMs: number) => boolean;
}
