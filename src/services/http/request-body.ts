import type { IncomingMessage } from 'node:http';
import { RequestProblem } from './problems.ts';
import { EngineError } from '../../errors.ts';
import type { FormFields } from '../../protocol/form-fields.ts';

/** A carrier's request has some 30 fields; more than this is not one. */
const MAX_FIELDS = 200;

/** Deeper JSON than any body of ours, and shallow enough for every recursive reader. */
const MAX_DEPTH = 20;

/** True when a request carries a body, be it an empty chunked one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The media type, without parameters. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();
}

/**
 * Reads a form.
 * @throws {EngineError} `BODY_TOO_LARGE` when it has too many fields.
 */
export function parseForm(text: string): FormFields {
  const fields = Object.create(null) as Record<string, string | string[]>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > MAX_FIELDS) {
      throw new RequestProblem('BODY_TOO_LARGE', { detail: `more than ${String(MAX_FIELDS)} form fields` });
    }
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

/**
 * Reads JSON; an empty text is no body.
 * @throws {EngineError} `REQUEST_INVALID` when it is not JSON, or too deep.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not the parser's own message: it quotes the body.
    throw new EngineError('REQUEST_INVALID', 'the body is not JSON');
  }
  if (depthOf(body) > MAX_DEPTH)
    throw new EngineError('REQUEST_INVALID', `the body is nested more than ${String(MAX_DEPTH)} levels deep`);
  return body;
}

/** How deep a value is nested, counted only as far as it matters. */
function depthOf(body: unknown): number {
  let level = [body];
  for (let depth = 0; ; depth += 1) {
    level = level.filter((value) => typeof value === 'object' && value !== null).flatMap(Object.values);
    if (level.length === 0 || depth > MAX_DEPTH) return depth;
  }
}
