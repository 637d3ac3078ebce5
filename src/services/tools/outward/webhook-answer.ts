/** What a webhook answered, as an answer to the model. */

import type { IncomingMessage } from 'node:http';
import { type Fields, fail, done, MAYBE_DONE, refuse, type ToolAnswer, uncertain } from '../tool-answer.ts';

/** Read in full, so that fields can be cut and not bytes. What the model is given is far less. */
const MAX_BYTES = 262_144;
const MAX_REASON = 500;

/** Statuses with which a far end says that a rule of the business is against it, and why. */
const REFUSALS: ReadonlySet<number> = new Set([409, 422]);

/**
 * Reads an answer. 2xx with JSON is a result; 409 or 422 with JSON that has a
 * `reason` is a refusal; anything else is a failure that names its status.
 *
 * @param isEffect - a 5xx, or another protocol, may have come after the deed: for an effect that is uncertain.
 * @throws whatever the socket throws while the body is read.
 */
export async function answerOf(response: IncomingMessage, isEffect: boolean): Promise<ToolAnswer> {
  const { statusCode = 0 } = response;
  const isOk = statusCode >= 200 && statusCode < 300;
  if (!isOk && !REFUSALS.has(statusCode)) {
    response.destroy();
    if (isEffect && (statusCode >= 500 || statusCode < 200)) return uncertain(MAYBE_DONE, 'TOOL_STATUS');
    return failedWith(statusCode);
  }

  const text = await textOf(response);
  const read = text === undefined ? TOO_LONG : parse(text);
  if (isOk) {
    if ('result' in read) return done(read.result);
    // The status says that it was done: only what came of it is lost.
    return isEffect
      ? uncertain(`It was accepted, but the answer ${read.problem}.`, 'TOOL_ANSWER')
      : fail('TOOL_ANSWER', `The answer ${read.problem}. Go on without it.`);
  }
  const { reason, ...rest } = 'result' in read ? read.result : {};
  return typeof reason === 'string' && reason !== ''
    ? refuse(reason.slice(0, MAX_REASON), rest)
    : failedWith(statusCode);
}

const failedWith = (status: number): ToolAnswer =>
  fail('TOOL_STATUS', `It was answered with the status ${String(status)}. Go on without it.`);

/** An effect whose request left and whose answer never came. */
export const unanswered = (isEffect: boolean, error: 'TOOL_TIMEOUT' | 'TOOL_UNREACHABLE'): ToolAnswer =>
  isEffect ? uncertain(MAYBE_DONE, error) : fail(error);

const TOO_LONG = { problem: 'is too long to be read' };

/** The body as text, without a byte order mark; undefined when there is too much of it. */
async function textOf(response: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) {
      response.destroy();
      return undefined;
    }
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** Fields to speak from. No body at all says that it is done and nothing more. */
function parse(text: string): { readonly result: Fields } | { readonly problem: string } {
  if (text.trim() === '') return { result: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { result: isFields ? (value as Fields) : { value } };
}
