import type { z } from 'zod';

/** One thing wrong with a request's arguments, in words for the model. */
export interface ArgumentProblem {
  /** Where: `date`, `items.0.name`; empty for the arguments as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** Far above any honest request; a spoken sentence has some 100 bytes. */
const MAX_BYTES = 16_384;

/** What is asked for in a telephone call is a few fields; whoever walks through the arguments must come to an end. */
const MAX_DEPTH = 32;
const MAX_VALUES = 1000;

/** Enough to put a request right; a model that got more wrong starts anew anyway. */
const MAX_PROBLEMS = 8;
const MAX_CHARACTERS = 200;

/** Reads the JSON of a function call. Models send no text at all for no arguments. */
export function readArguments(json: string): { readonly value: unknown } | ArgumentProblem {
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_BYTES) {
    return { path: '', problem: `too long: ${String(bytes)} bytes, at most ${String(MAX_BYTES)}` };
  }
  if (json.trim() === '') return { value: {} };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { path: '', problem: 'not valid JSON' };
  }
  return isSmall(value) ? { value } : { path: '', problem: 'too many values, or too deep within each other' };
}

/** Level by level, since a walk into depth has no end that is known before. */
function isSmall(value: unknown): boolean {
  let level = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return false;
    level = level.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? (Object.values(inner) as unknown[]) : [],
    );
  }
  return true;
}

/**
 * Reads arguments by a schema. A null that the schema does not take is as if it were not there: models write one for
 * an argument that they leave out.
 */
export function parseArguments<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const copy: unknown = structuredClone(value);
  const nulls = parsed.error.issues.filter(({ path }) => dropNull(copy, path));
  return nulls.length === 0 ? parsed : schema.safeParse(copy);
}

/** Takes the null at a path out of its object. False when there is none. */
function dropNull(value: unknown, path: readonly PropertyKey[]): boolean {
  let holder = value;
  for (const key of path.slice(0, -1)) holder = isObject(holder) ? holder[key] : undefined;
  const last = path.at(-1);
  if (last === undefined || !isObject(holder) || Array.isArray(holder) || holder[last] !== null) return false;
  return Reflect.deleteProperty(holder, last);
}

const isObject = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null;

/** What a schema found wrong, with the path of each. */
export function problemsOf(error: z.ZodError): ArgumentProblem[] {
  return error.issues.slice(0, MAX_PROBLEMS).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys.join(', ')] : issue.path;
    return { path: cut(keys.map(String).join('.')), problem: cut(issue.message) };
  });
}

const cut = (text: string) => (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);
