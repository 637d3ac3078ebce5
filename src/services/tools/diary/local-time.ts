import { DateTime } from 'luxon';
import { readingOf, wallAt } from '../../../wall-clock.ts';

/**
 * What a wall clock's reading means.
 *
 * `skipped`: the clock jumps over it (02:30 on the night it is put forward). A reading that comes twice, on
 * the night it is put back, means the first of the two.
 */
export type LocalMoment =
  | { readonly kind: 'exact'; readonly ms: number }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'noSuchDate' };

/** @param date - `YYYY-MM-DD`. @param time - `HH:MM`. @param zone - IANA name. */
export function momentOf(date: string, time: string, zone: string): LocalMoment {
  const wall = wallAt(date, time);
  if (wall === undefined) return { kind: 'noSuchDate' };
  const { firstMs, isSkipped } = readingOf(wall, zone);
  return isSkipped ? { kind: 'skipped' } : { kind: 'exact', ms: firstMs };
}

/** How a person says it: `Tuesday, March 10 at 2:30 PM`. */
export function spokenTime(ms: number, zone: string): string {
  return local(ms, zone).toFormat("cccc, LLLL d 'at' h:mm a", { locale: 'en-US' });
}

/** `2:30 PM`; midnight at a day's end is `midnight`. */
export function spokenHour(ms: number, zone: string): string {
  const at = local(ms, zone);
  return at.hour === 0 && at.minute === 0 ? 'midnight' : at.toFormat('h:mm a', { locale: 'en-US' });
}

/** `YYYY-MM-DD` of the day it is in the zone. */
export const dateOf = (ms: number, zone: string): string => local(ms, zone).toFormat('yyyy-MM-dd');

/** `HH:MM` of a moment in the zone. */
export const timeOf = (ms: number, zone: string): string => local(ms, zone).toFormat('HH:mm');

/** ISO 8601 with the zone's offset. */
export const localIso = (ms: number, zone: string): string => {
  const at = local(ms, zone);
  return at.toISO({ suppressMilliseconds: true }) ?? at.toString();
};

/** ISO 8601 UTC, as the journal keeps times. */
export const utcIso = (ms: number): string => new Date(ms).toISOString();

const local = (ms: number, zone: string) => DateTime.fromMillis(ms, { zone });
