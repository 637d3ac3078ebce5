import { EngineError } from '../../../errors.ts';

/** Largest distance from the epoch that a `Date` can hold, in ms (ECMA-262, 21.4.1.1). */
const MAX_MS = 8.64e15;

/** Milliseconds since the Unix epoch as ISO 8601 UTC with milliseconds. A number that is no time is the epoch: reading never fails. */
export function isoOf(ms: number): string {
  return new Date(Math.abs(ms) <= MAX_MS ? ms : 0).toISOString();
}

/**
 * Reads an instant with its offset, as milliseconds since the epoch.
 *
 * A time without an offset is refused: it would mean the zone of the machine.
 *
 * @throws {EngineError} `REQUEST_INVALID`, naming the field.
 */
export function instantOf(iso: string, field: string): number {
  const ms = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(ms)) throw new EngineError('REQUEST_INVALID', `${field} must be ISO 8601 with an offset`);
  return ms;
}
