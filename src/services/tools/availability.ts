/**
 * When a business takes appointments. Pure: profile, bookings and the time in, answers out.
 *
 * Structured hours (`[{ days, from, to }]`) bound appointments. Hours written as
 * text are for people: nothing is read out of them, not even Monday to Friday
 * nine to five, so every time of every day but the holidays is open, and the
 * model, which is told the text, keeps to it. An empty list is a business that
 * is never open. All times of day are those of the business's own zone.
 */

import { DateTime } from 'luxon';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
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

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The stretches of `window` in which the business is open, in order. Some 60 µs for each day of it. */
export function openings(window: Span, business: Business): Span[] {
  const spans: Span[] = [];
  let day = DateTime.fromMillis(window.startMs, { zone: business.timezone }).startOf('day');
  while (day.toMillis() < window.endMs) {
    const next = day.plus({ days: 1 }).startOf('day');
    spans.push(...openingsOn(day, next, business));
    day = next;
  }
  return clip(merge(spans), window);
}

function openingsOn(day: DateTime, next: DateTime, { hours, holidays }: Business): Span[] {
  if (holidays.length > 0 && holidays.includes(day.toISODate() ?? '')) return [];
  if (typeof hours === 'string') return [{ startMs: day.toMillis(), endMs: next.toMillis() }];
  const weekday = WEEKDAYS[day.weekday - 1];
  return hours
    .filter(({ days }) => weekday !== undefined && days.includes(weekday))
    .map(({ from, to }) => ({
      startMs: momentOn(day, next, from, 'first'),
      endMs: to === '24:00' ? next.toMillis() : momentOn(day, next, to, 'last'),
    }));
}

/**
 * When a wall clock shows a time on a day. A reading that is skipped counts as much later as the clock jumps; of
 * one that comes twice the first opens and the last closes.
 */
function momentOn(day: DateTime, next: DateTime, time: string, which: 'first' | 'last'): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  // Nearly every day: no change of the clock, and no need to ask the zone.
  if (day.offset === next.offset) return day.toMillis() + (hour * 60 + minute) * MINUTE_MS;
  const moments = day.set({ hour, minute }).getPossibleOffsets();
  return Math[which === 'first' ? 'min' : 'max'](...moments.map((moment) => moment.toMillis()));
}

/** Whether the business's own rules allow an appointment. */
export function judgeSlot(slot: Span, business: Business, nowMs: number): SlotProblem | undefined {
  if (slot.startMs < nowMs) return 'past';
  if (slot.startMs > nowMs + HORIZON_MS) return 'tooFar';
  if (openings(slot, business).some((opening) => contains(opening, slot))) return undefined;
  const date = DateTime.fromMillis(slot.startMs, { zone: business.timezone }).toFormat('yyyy-MM-dd');
  return business.holidays.includes(date) ? 'holiday' : 'closed';
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
