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

/** The stretches of `window` in which the business is open, in order. Longer windows cost more: some 10 µs a day. */
export function openings(window: Span, business: Business): Span[] {
  const spans: Span[] = [];
  // The day before too: hours that reach past midnight belong to the day on which they begin.
  let day = DateTime.fromMillis(window.startMs, { zone: business.timezone })
    .startOf('day')
    .minus({ days: 1 });
  for (; day.toMillis() < window.endMs; day = day.plus({ days: 1 })) {
    spans.push(...openingsOn(day, business));
  }
  return clip(merge(spans), window);
}

function openingsOn(day: DateTime, { hours, holidays }: Business): Span[] {
  if (holidays.includes(day.toFormat('yyyy-MM-dd'))) return [];
  if (typeof hours === 'string') return [spanOf(day, '00:00', '24:00')];
  const weekday = WEEKDAYS[day.weekday - 1];
  return hours
    .filter(({ days }) => weekday !== undefined && days.includes(weekday))
    .map(({ from, to }) => spanOf(day, from, to));
}

/** Hours that end before they begin end on the next day. */
function spanOf(day: DateTime, from: string, to: string): Span {
  const end = to > from ? day : day.plus({ days: 1 });
  const endMs = to === '24:00' ? day.plus({ days: 1 }).startOf('day').toMillis() : at(end, to, 'last');
  return { startMs: at(day, from, 'first'), endMs };
}

/** A reading that is skipped counts as much later as the clock jumps; one that comes twice keeps the shop open longer. */
function at(day: DateTime, time: string, which: 'first' | 'last'): number {
  const [hour, minute] = time.split(':').map(Number);
  const reading = day.set({ hour: hour ?? 0, minute: minute ?? 0 });
  const moments = reading.getPossibleOffsets().map((moment) => moment.toMillis());
  return which === 'first' ? Math.min(...moments) : Math.max(...moments);
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

/** The free starts nearest to the wanted one, in the order of time. */
export function startsNear(
  wantedMs: number,
  free: readonly Span[],
  { durationMs, limit }: { durationMs: number; limit: number },
): number[] {
  const starts: number[] = [];
  for (const { startMs, endMs } of free) {
    for (let start = Math.ceil(startMs / GRID_MS) * GRID_MS; start + durationMs <= endMs; start += STEP_MS) {
      starts.push(start);
    }
  }
  return starts
    .sort((one, other) => Math.abs(one - wantedMs) - Math.abs(other - wantedMs) || one - other)
    .slice(0, limit)
    .sort((one, other) => one - other);
}
