/** A profile under edit is plain JSON: it may be wrong, and what is wrong must be kept to be shown. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Where something is in a document: keys and positions from the top. */
export type Place = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What is written at a place; undefined when nothing is. */
export function valueAt(document: Json | undefined, place: Place): Json | undefined {
  let value = document;
  for (const step of place) {
    if (isList(value) && typeof step === 'number') value = value[step];
    else if (isObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/**
 * The document with something else at a place; undefined takes it out. What is
 * missing on the way there is made. The document itself stays as it is.
 */
export function withValue(
  document: Json | undefined,
  place: Place,
  value: Json | undefined,
): Json | undefined {
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
  // A key that is there keeps its place among the others.
  return isObject(document) && Object.hasOwn(document, step)
    ? { ...document, [step]: next }
    : { ...others, [step]: next };
}

/** A place as problems name it: `business.hours.0.from`. */
export const dotted = (place: Place): string => place.map(String).join('.');

/** Equal as JSON: the order of keys does not matter. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
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

/** Reads JSON that somebody types. */
export function readJson(text: string): { readonly json: Json } | { readonly trouble: JsonTrouble } {
  try {
    return { json: JSON.parse(text) as Json };
  } catch (thrown) {
    return { trouble: troubleOf(text, thrown instanceof Error ? thrown.message : 'cannot be read') };
  }
}

/** Browsers tell the place as a position, as line and column, or not at all: then it is the end of the text. */
function troubleOf(text: string, message: string): JsonTrouble {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  const words = message.replace(/^JSON\.parse: /, '').replace(/,? ?(?:in JSON )?at .*$/, '');
  if (line !== undefined && column !== undefined)
    return { line: Number(line), column: Number(column), words };
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, words };
}
