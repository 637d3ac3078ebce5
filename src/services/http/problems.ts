import { randomUUID } from 'node:crypto';
import { EngineError, type ErrorCode, ERRORS } from '../../errors.ts';
import { answeredProblem, type FieldProblem } from '../../protocol/field-problem.ts';
import type { Problem } from '../../protocol/problem.ts';
import type { Answer } from './answer.ts';

/** What a problem answer tells beside its code. */
export interface ProblemDetails {
  readonly detail?: string;
  /** What is wrong in the body or the query, each with its path. */
  readonly errors?: readonly FieldProblem[];
  /** The state that a call is in, with `CONFLICT`. */
  readonly state?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An `EngineError` that knows how its answer looks. */
export class RequestProblem extends EngineError {
  readonly details: ProblemDetails;

  constructor(code: ErrorCode, details: ProblemDetails = {}) {
    super(code, details.detail);
    this.details = details;
  }
}

/** A failed request: what is answered, and the id under which the log tells more, when more is there. */
export interface RequestFailure {
  readonly answer: Answer;
  readonly code: ErrorCode;
  /** Set for failures of the engine, whose cause no client is told. */
  readonly id?: string;
}

/**
 * Turns whatever a route threw into an RFC 9457 problem answer.
 *
 * `type` is the engine's error code. A client's mistake is told in words; a
 * failure of the engine by an id, and by words only where a route chose them.
 */
export function failureOf(thrown: unknown): RequestFailure {
  const code = codeOf(thrown);
  const { text: title } = ERRORS[code];
  const status = statusOf(thrown);
  const isOurs = status >= 500;
  const { detail, errors, state, headers } = detailsOf(thrown, title);
  const id = isOurs ? { id: randomUUID() } : {};
  return {
    code,
    ...id,
    answer: {
      status,
      type: 'application/problem+json',
      headers: { ...(status === 503 ? { 'Retry-After': '5' } : {}), ...headers },
      text: JSON.stringify({
        type: code,
        title,
        status,
        // A route's own words are for whoever asks; what failed beneath it is not.
        ...(isOurs
          ? { ...id, ...(thrown instanceof RequestProblem && { detail }) }
          : { detail, errors: errors?.map(answeredProblem), state }),
      } satisfies Problem),
    },
  };
}

function detailsOf(thrown: unknown, title: string): ProblemDetails {
  if (thrown instanceof RequestProblem) return thrown.details;
  if (!(thrown instanceof EngineError) || thrown.message === title) return {};
  return { detail: thrown.message.slice(title.length + 2) };
}

/** The HTTP status that whatever a route threw is answered with. */
export function statusOf(thrown: unknown): number {
  const row: { text: string; status?: number } = ERRORS[codeOf(thrown)];
  return row.status ?? 500;
}

/** The code of whatever a route threw. Express and its body parser throw errors that carry an HTTP status. */
export function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof EngineError) return thrown.code;
  switch (thrown instanceof Error && 'status' in thrown ? thrown.status : undefined) {
    case 400:
      return 'REQUEST_INVALID';
    case 413:
      return 'BODY_TOO_LARGE';
    case 415:
      return 'MEDIA_TYPE_UNSUPPORTED';
    default:
      return 'INTERNAL';
  }
}
