/** A profile that is edited is plain JSON, not a typed profile: it may be wrong, and the wrong value must be kept to be shown. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A place in a document: the keys and positions from the top to it. */
export type JsonPlace = readonly (string | number)[];

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The value at a place; undefined when there is none. */
export function valueAt(document: JsonValue | undefined, place: JsonPlace): JsonValue | undefined {
  let value = document;
  for (const step of place) {
    if (isList(value) && typeof step === 'number') value = value[step];
    else if (isObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/**
 * A copy of the document with another value at a place; undefined removes the value.
 * Objects that are missing on the way to the place are made.
 */
export function withValue(
  document: JsonValue | undefined,
  place: JsonPlace,
  value: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = place;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = isList(document) ? document : [];
    const next = withValue(list[step], rest, value);
    return next === undefined ? list.toSpliced(step, 1) : list.toSpliced(step, 1, next);
  }
  const { [step]: inner, ...others } = isObject(document) ? document : {};
  const next = withValue(inner, rest, value);
  if (next === undefined) return others;
  // A key that exists keeps its position among the others.
  return isObject(document) && Object.hasOwn(document, step)
    ? { ...document, [step]: next }
    : { ...others, [step]: next };
}

/** A place with dots, as problems name it: `business.hours.0.from`. */
export const dotted = (place: JsonPlace): string => place.map(String).join('.');

/** Whether two values are equal as JSON, whatever the order of keys. */
export function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => isSame(a[key], b[key]));
  }
  return a === b;
}

export interface JsonTrouble {
  readonly line: number;
  readonly column: number;
  readonly words: string;
}

/** Reads JSON that the viewer types, which may be incomplete. Never throws: what is wrong is returned. */
export function readJson(text: string): { readonly json: JsonValue } | { readonly trouble: JsonTrouble } {
  try {
    return { json: JSON.parse(text) as JsonValue };
  } catch (thrown) {
    return { trouble: troubleOf(text, thrown instanceof Error ? thrown.message : 'cannot be read') };
  }
}

/** Finds where a syntax error is. Browsers name a position, a line and column, or nothing: then the end of the text. */
function troubleOf(text: string, message: string): JsonTrouble {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  const words = message.replace(/^JSON\.parse: /, '').replace(/,? ?(?:in JSON )?at .*$/, '');
  if (line !== undefined && column !== undefined)
    return { line: Number(line), column: Number(column), words };
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, words };
}
