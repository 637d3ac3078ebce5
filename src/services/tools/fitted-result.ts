import type { Fields } from './tool-answer.ts';

/** A result that is short enough to be read to a model, and the fields that were cut for it. */
export interface FittedResult {
  readonly result: Fields;
  readonly shortened: readonly string[];
}

/** Cut down to this and still too long: the field goes. */
const MIN_TEXT = 16;

/**
 * Shortens a result to at most `maxBytes` of JSON, field by field: the largest
 * is halved until all fit. Texts keep their beginning, lists their first items,
 * fields within a field go the same way; numbers and names stay whole.
 */
export function fitResult(result: Fields, maxBytes: number): FittedResult {
  const shortened = new Set<string>();
  let fitted = result;
  while (bytesOf(fitted) > maxBytes) {
    const [field, value] = largestOf(fitted);
    const shorter = halve(value);
    shortened.add(field);
    fitted = replaced(fitted, field, shorter);
  }
  return { result: fitted, shortened: [...shortened] };
}

function largestOf(fields: Fields): readonly [string, unknown] {
  return Object.entries(fields).reduce((largest, entry) =>
    bytesOf(entry[1]) > bytesOf(largest[1]) ? entry : largest,
  );
}

/** Half as long, or undefined when there is nothing left worth keeping. */
function halve(value: unknown): unknown {
  if (typeof value === 'string') {
    const half = Array.from(value).slice(0, Math.floor(Array.from(value).length / 2));
    return half.length < MIN_TEXT ? undefined : `${half.join('')}…`;
  }
  if (Array.isArray(value)) {
    return value.length < 2 ? undefined : (value as unknown[]).slice(0, Math.floor(value.length / 2));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Fields;
  if (Object.keys(fields).length === 0) return undefined;
  const [field, inner] = largestOf(fields);
  return replaced(fields, field, halve(inner));
}

/** With another value in a field, or without it. */
function replaced(fields: Fields, field: string, value: unknown): Fields {
  const entries = Object.entries(fields).map(([name, old]) => [name, name === field ? value : old] as const);
  return Object.fromEntries(entries.filter(([, kept]) => kept !== undefined));
}

/** Undefined has no JSON, and counts as the `null` it would be in a list. */
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));
