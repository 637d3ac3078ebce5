/** A value that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deeper than any event of ours; what lies below is named, not shown. */
const MAX_DEPTH = 8;

/**
 * Makes any value safe for JSON, without ever throwing for what is in it.
 *
 * Errors keep name, message and code; bytes keep their length; functions,
 * symbols and absent fields are left out; a map is a list of pairs; a loop ends where it closes.
 */
export function toJson(value: unknown): Json {
  return convert(value, []) ?? null;
}

/** As {@link toJson}, for the fields of an object, without the one named. */
export function fieldsToJson(from: object, without: string): Record<string, Json> {
  return convertFields(from, [from], without);
}

function convert(value: unknown, above: readonly object[]): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : String(value); // -0 has no JSON.
    case 'bigint':
      return value.toString();
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
    case 'object':
      return value === null ? null : convertObject(value, above);
  }
}

function convertObject(value: object, above: readonly object[]): Json {
  if (above.includes(value)) return '[circular]';
  if (above.length >= MAX_DEPTH) return '[deep]';
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[no date]' : value.toISOString();
  const below = [...above, value];
  if (value instanceof Error) {
    const { name, message } = value;
    return 'code' in value ? { name, message, code: convert(value.code, below) ?? null } : { name, message };
  }
  if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
    return [...(value as Iterable<unknown>)].map((item) => convert(item, below) ?? null);
  }
  return convertFields(value, below);
}

/** Field by field, without lists of them: every event of every call comes by here. */
function convertFields(from: object, above: readonly object[], without?: string): Record<string, Json> {
  const fields: Record<string, Json> = {};
  for (const key of Object.keys(from)) {
    if (key === without) continue;
    const json = convert((from as Record<string, unknown>)[key], above);
    if (json === undefined) continue;
    // By assignment it would be no key, but what the fields inherit from.
    if (key === '__proto__')
      Object.defineProperty(fields, key, {
        value: json,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else fields[key] = json;
  }
  return fields;
}
