import { EngineError } from '../errors.ts';
import { MAX_CALL_FILE } from '../protocol/call-file.ts';
import { visible } from './visible-text.ts';

/** The API of an engine that runs: where it is, and what it asks for. */
export interface EngineApi {
  readonly url: string;
  /** Undefined as well for an address that is not the engine's own. */
  readonly adminToken: string | undefined;
}

/** A long call's file is some megabytes. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Reads what an engine answers, as text of at most {@link MAX_CALL_FILE} bytes. Follows no redirection: whoever is at
 * its other end is not the engine that was asked.
 *
 * @throws {EngineError} `UNAVAILABLE` when nothing answers, `UNAUTHORIZED` when it wants its token, `NOT_FOUND`
 *   and what else it says: in its own words.
 */
export async function readApi({ url, adminToken }: EngineApi, path: string): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(`${url}${path}`, {
      headers: {
        // By this the audit trail tells a command from a script.
        'user-agent': 'callchart/command-line',
        ...(adminToken !== undefined && { authorization: `Bearer ${adminToken}` }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (cause) {
    throw new EngineError('UNAVAILABLE', `nothing answers at ${url}: is the engine running?`, { cause });
  }
  if (answer.status >= 300 && answer.status < 400) {
    throw new EngineError('UNAVAILABLE', `${url} redirects: give the address of the engine itself`);
  }
  const text = await boundedText(answer);
  if (answer.ok) return text;
  switch (answer.status) {
    case 401:
      throw new EngineError(
        'UNAUTHORIZED',
        adminToken === undefined
          ? 'set ADMIN_TOKEN; it is sent to this machine, to HOST and to PUBLIC_URL only'
          : "set ADMIN_TOKEN to the engine's token",
      );
    case 403:
      throw new EngineError('FORBIDDEN', 'the engine has no ADMIN_TOKEN: it answers only this machine');
    case 404:
      throw new EngineError('NOT_FOUND', detailOf(text));
    default:
      throw new EngineError(
        'REQUEST_INVALID',
        `the engine answered ${String(answer.status)}: ${detailOf(text)}`,
      );
  }
}

/** The text of an answer. @throws {EngineError} `UNAVAILABLE` when it is too long, or breaks off. */
export async function boundedText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    // The stream ends when nobody reads on.
    for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      if (bytes > MAX_CALL_FILE) break;
      parts.push(part);
    }
  } catch (cause) {
    throw new EngineError('UNAVAILABLE', "the engine's answer was cut off", { cause });
  }
  if (bytes > MAX_CALL_FILE) throw new EngineError('UNAVAILABLE', 'the answer is too long to be a call');
  return Buffer.concat(parts).toString();
}

/** What a problem answer (RFC 9457) says. */
function detailOf(text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: unknown; title?: unknown };
    const words = [problem.detail, problem.title].find((word) => typeof word === 'string');
    return visible(words ?? 'it does not say why');
  } catch {
    return 'it does not say why';
  }
}
