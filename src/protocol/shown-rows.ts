import { eventName, type StoredEntry } from './call-feed.ts';
import type { ShownBodies, CallRow, FullRow } from './console-calls.ts';
import { stateName } from './state-path.ts';
import { maskedBody } from './word-mask.ts';

/** A row as it is shown outside. */
export function plainRowOf(entry: StoredEntry): CallRow {
  const { seq, at, from, to, state } = entry;
  // Of the two the one that is not the call, where there are two.
  const actor = to === null || to === 'call' ? from : to;
  return { seq, at: new Date(at).toISOString(), actor, event: eventName(entry), state: stateName(state) };
}

/** A row as it is shown outside, with who told whom. */
export function fullRowOf(entry: StoredEntry, bodies: ShownBodies): FullRow {
  const { from, to, state, taken, regions, body } = entry;
  return {
    ...plainRowOf(entry),
    path: state,
    ...{ from, to },
    taken: taken === null ? null : [...taken],
    regions: regions === null ? null : { ...regions },
    body: bodies === 'full' ? { ...body } : maskedBody(eventName(entry), body),
  };
}
