import { dotted, isList, isObject, isSame, type JsonValue, type JsonPlace } from './json.ts';

/** One place at which two documents differ. */
export interface Change {
  /** The place, with dots: `business.hours.0.from`. */
  readonly path: string;
  /** Undefined when the place is only in the second document. */
  readonly before: JsonValue | undefined;
  /** Undefined when the place is only in the first document. */
  readonly after: JsonValue | undefined;
}

/**
 * Finds every place at which two documents differ, each as deep in them as possible.
 * Lists of one length are compared item by item; lists of different lengths, as a whole.
 */
export function changesBetween(before: JsonValue | undefined, after: JsonValue | undefined): Change[] {
  return changesAt([], before, after);
}

function changesAt(place: JsonPlace, before: JsonValue | undefined, after: JsonValue | undefined): Change[] {
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
