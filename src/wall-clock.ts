/**
 * Between what a clock on the wall shows and the moments at which it does.
 *
 * A day begins at 01:00 where the clock is put forward at midnight, midnight
 * comes twice where it is put back to it, and no day is a start plus hours. So
 * every time of day is asked for by its reading.
 */

import { DateTime } from 'luxon';

/** What a clock shows, in ms since the Unix epoch as if it stood in UTC: a day is 86 400 000 of them, always. */
export type WallMs = number;

export const WALL_DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a clock shows a reading: once, on the night it is put back twice, or never. */
export interface ClockReading {
  /** Ms since the Unix epoch. A reading that is skipped counts as much later as the clock jumps. */
  readonly firstMs: number;
  /** Differs from `firstMs` where the reading comes twice. */
  readonly lastMs: number;
  readonly isSkipped: boolean;
}

/** @param zone - IANA name. */
export function readingOf(wall: WallMs, zone: string): ClockReading {
  // The offsets on both sides of any change of the clock near by; no zone changes it twice in two days.
  const before = wall - offsetMs(wall - WALL_DAY_MS, zone);
  const after = wall - offsetMs(wall + WALL_DAY_MS, zone);
  if (before === after) return { firstMs: before, lastMs: before, isSkipped: false };
  const shown = [before, after].filter((ms) => wallOf(ms, zone) === wall);
  if (shown.length === 0) return { firstMs: before, lastMs: before, isSkipped: true };
  return { firstMs: Math.min(...shown), lastMs: Math.max(...shown), isSkipped: false };
}

/** What the clock shows at a moment. */
export const wallOf = (ms: number, zone: string): WallMs => ms + offsetMs(ms, zone);

/** The midnight before a reading, or itself. */
export const midnightOf = (wall: WallMs): WallMs => Math.floor(wall / WALL_DAY_MS) * WALL_DAY_MS;

/** The reading of a date and a time; undefined when there is no such date. @param date - `YYYY-MM-DD`. @param time - `HH:MM`. */
export function wallAt(date: string, time = '00:00'): WallMs | undefined {
  const read = DateTime.fromISO(`${date}T${time}`, { zone: 'utc' });
  return read.isValid ? read.toMillis() : undefined;
}

/** The moments of the day that begins with a midnight, half-open: 23 to 25 hours, and none where a zone leaves a date out. */
export function dayFrom(midnight: WallMs, zone: string): { startMs: number; endMs: number } {
  return {
    startMs: readingOf(midnight, zone).firstMs,
    endMs: readingOf(midnight + WALL_DAY_MS, zone).firstMs,
  };
}

const offsetMs = (ms: number, zone: string) => DateTime.fromMillis(ms, { zone }).offset * MINUTE_MS;
