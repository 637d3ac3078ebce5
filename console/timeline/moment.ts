import type { Row } from './row.ts';

/** A moment of a call in an address: `#t=9.4`, in seconds since the start of the call. */
const MOMENT = /^#t=(\d{1,6}(?:\.\d{1,3})?)$/;

/** Reads the moment in an address, in ms since the start of the call; undefined when there is none. */
export function momentOf(hash: string): number | undefined {
  const [, seconds] = MOMENT.exec(hash) ?? [];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** Writes a moment for an address, rounded up to 0.1 s, so that the row at it counts as happened. */
export const hashOf = (ms: number): string => `#t=${(Math.ceil(Math.max(0, ms) / 100) / 10).toFixed(1)}`;

/** The number of rows that have happened at a moment, in ms since the start of the call; at least 1. */
export function countAt(rows: readonly Row[], startedAt: number, ms: number): number {
  const next = rows.findIndex(({ at }) => at - startedAt > ms);
  return next === -1 ? rows.length : Math.max(1, next);
}
