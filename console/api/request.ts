import type { FieldProblem } from '../../src/protocol/field-problem.ts';
import { refuseToken, tokenOf } from './token.ts';

/** An error answer of the engine (RFC 9457), or no answer at all. */
export class ApiError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The engine's error code, such as `NOT_FOUND`; `UNREACHABLE` when no answer came. */
  readonly code: string;
  /** The problems of what was sent, field by field; empty when the engine names none. */
  readonly problems: readonly FieldProblem[];

  constructor(status: number, code: string, detail: string, problems: readonly FieldProblem[] = []) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The body, which is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to the engine, and reads the answer as JSON. Its shape is not checked:
 * both ends are of one build, and share the types of `protocol/`.
 *
 * @throws {ApiError} for every answer that is not 2xx; a 401 also asks the viewer for a token.
 */
export async function ask<Answer>(path: string, asked: Asked = {}): Promise<Answer> {
  const response = await send(path, asked);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** Like {@link ask}, for an answer of bytes. */
export async function askBytes(path: string, asked: Asked = {}): Promise<ArrayBuffer> {
  return (await send(path, asked)).arrayBuffer();
}

async function send(path: string, { method = 'GET', body, headers, signal }: Asked): Promise<Response> {
  const token = tokenOf();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'omit',
      cache: 'no-store',
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    throw new ApiError(0, 'UNREACHABLE', 'The engine does not answer.');
  }
  if (response.ok) return response;
  if (response.status === 401) refuseToken(token);
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => undefined)) as
    | {
        readonly type?: unknown;
        readonly title?: unknown;
        readonly detail?: unknown;
        readonly errors?: unknown;
      }
    | undefined;
  const words = [problem?.detail, problem?.title].find((text) => typeof text === 'string');
  return new ApiError(
    response.status,
    typeof problem?.type === 'string' ? problem.type : 'UNKNOWN',
    words ?? `The engine answered ${String(response.status)}.`,
    Array.isArray(problem?.errors) ? (problem.errors as FieldProblem[]) : [],
  );
}
