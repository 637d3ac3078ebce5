import { z } from 'zod';
import { FEED } from '../../src/protocol/call-feed.ts';

type Json = z.core.JSONSchema.BaseSchema;

const SCHEMAS = new Map<string, Json>(
  Object.entries(FEED).map(([event, schema]): [string, Json] => [event, z.toJSONSchema(schema)]),
);

/** A body with every field that its event promises: what a test does not say is empty, or nothing. */
export function wholeBody(event: string, body: object): object {
  const schema = SCHEMAS.get(event);
  return schema === undefined ? body : (filled(schema, body) as object);
}

function filled(
  { type, enum: values, const: only, properties = {}, required = [] }: Json,
  given: unknown,
): unknown {
  if (type === 'object' && (given === undefined || (typeof given === 'object' && given !== null))) {
    const known = { ...given } as Record<string, unknown>;
    for (const [name, field] of Object.entries(properties)) {
      if (required.includes(name) || known[name] !== undefined)
        known[name] = filled(field as Json, known[name]);
    }
    return known;
  }
  if (given !== undefined) return given;
  if (values !== undefined || only !== undefined) return values?.[0] ?? only;
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  return type === 'string' ? '' : 0;
}
