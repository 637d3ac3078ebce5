import type { z } from 'zod';
import { ClientEvent } from '../../protocol/realtime-client-events.ts';

/** Why a client event is refused, as the service's `error` event tells it. */
export interface Refusal {
  readonly type: 'invalid_request_error';
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

export function refusal(code: string, message: string, param: string | null = null): Refusal {
  return { type: 'invalid_request_error', code, message, param };
}

export type Reading =
  { readonly event: ClientEvent } | { readonly refusal: Refusal; readonly eventId: string | undefined };

/** Reads one text frame of a client; names the field at fault as the service does. */
export function readClientEvent(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refusal: refusal('invalid_event', 'The event is not valid JSON.'), eventId: undefined };
  }
  const result = ClientEvent.safeParse(value);
  if (result.success) return { event: result.data };
  const given =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const eventId = typeof given['event_id'] === 'string' ? given['event_id'] : undefined;
  return { refusal: refusalOf(result.error.issues, value), eventId };
}

/** @param at - where in the event the issues' paths begin. */
function refusalOf(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  at: readonly PropertyKey[] = [],
): Refusal {
  const [issue] = issues;
  if (issue === undefined) return refusal('invalid_event', 'The event is invalid.');
  const path = [...at, ...issue.path];
  const param = written(path);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return refusalOf(closest(issue.errors), value, path);
  }
  if (issue.code === 'unrecognized_keys') {
    const unknown = written([...path, issue.keys[0] ?? '']);
    return refusal('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown);
  }
  if (isMissing(value, path)) {
    return refusal('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
  }
  return refusal('invalid_value', `Invalid value: '${param}': ${issue.message}.`, param);
}

/** As the service writes the place of a parameter: `session.tools[0].name`. */
const written = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${String(key)}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');

/** Of the members of a union, the one whose discriminating words fit; else the one with the fewest complaints. */
function closest(members: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const isOther = (issue: z.core.$ZodIssue) => ['type', 'role'].includes(String(issue.path.at(-1)));
  const fitting = members.filter((issues) => !issues.some(isOther));
  return (fitting.length > 0 ? fitting : members).toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
  return found === undefined;
}
