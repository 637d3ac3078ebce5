import { dotted, isList, isObject, isSame, type Json, type Place } from './json.ts';

/** One difference between two documents. */
export interface Change {
  /** Dotted: `business.hours.0.from`. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly before: Json | undefined;
  /** Undefined: it is not there any more. */
  readonly after: Json | undefined;
}

/**
 * Every place at which two documents differ, as far in as it can be named.
 * Lists are compared position by position; one of another length, as a whole.
 */
export function changesBetween(before: Json | undefined, after: Json | undefined): Change[] {
  return changesAt([], before, after);
}

function changesAt(place: Place, before: Json | undefined, after: Json | undefined): Change[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changesAt([...place, key], before[key], after[key]));
  }
  if (isList(before) && isList(after) && before.length === after.length) {
    return before.flatMap((item, index) => changesAt([...place, index], item, after[index]));
  }
  return [{ path: dotted(place), before, after }];
}
