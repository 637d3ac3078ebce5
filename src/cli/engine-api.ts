import { EngineError } from '../errors.ts';

/** The API of an engine that runs: where it is, and what it asks for. */
export interface EngineApi {
  readonly url: string;
  readonly adminToken: string | undefined;
}

/** A long call's file is some megabytes. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Reads what an engine answers, as text.
 *
 * @throws {EngineError} `UNAVAILABLE` when nothing answers, `UNAUTHORIZED` when it wants its token, `NOT_FOUND`
 *   and what else it says: in its own words.
 */
export async function readApi({ url, adminToken }: EngineApi, path: string): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(`${url}${path}`, {
      headers: adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (cause) {
    throw new EngineError('UNAVAILABLE', `nothing answers at ${url}: is the engine running?`, { cause });
  }
  const text = await answer.text();
  if (answer.ok) return text;
  switch (answer.status) {
    case 401:
      throw new EngineError('UNAUTHORIZED', 'set ADMIN_TOKEN to that of the engine');
    case 403:
      throw new EngineError('FORBIDDEN', 'the engine answers only this machine while it has no ADMIN_TOKEN');
    case 404:
      throw new EngineError('NOT_FOUND', detailOf(text));
    default:
      throw new EngineError(
        'REQUEST_INVALID',
        `the engine answered ${String(answer.status)}: ${detailOf(text)}`,
      );
  }
}

/** What a problem answer (RFC 9457) says. */
function detailOf(text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: unknown; title?: unknown };
    const words = [problem.detail, problem.title].find((word) => typeof word === 'string');
    return words ?? 'it does not say why';
  } catch {
    return 'it does not say why';
  }
}
