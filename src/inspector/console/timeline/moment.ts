import type { Row } from './row.ts';

/** A moment of a call as an address names it: `#t=9.4`, in seconds since its beginning. */
const MOMENT = /^#t=(\d{1,6}(?:\.\d{1,3})?)$/;

/** The moment that an address names, in ms since the call's beginning; undefined when it names none. */
export function momentOf(hash: string): number | undefined {
  const [, seconds] = MOMENT.exec(hash) ?? [];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** As an address names it, to a tenth of a second; later than the row rather than before it. */
export const hashOf = (ms: number): string => `#t=${(Math.ceil(Math.max(0, ms) / 100) / 10).toFixed(1)}`;

/** How many rows have happened at a moment, in ms since the call's beginning; one at least. */
export function countAt(rows: readonly Row[], startedAt: number, ms: number): number {
  const next = rows.findIndex(({ at }) => at - startedAt > ms);
  return next === -1 ? rows.length : Math.max(1, next);
}
