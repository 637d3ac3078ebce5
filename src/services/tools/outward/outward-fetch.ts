import { pipeline, Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Clock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';
import { EventFlow } from './event-flow.ts';
import type { Outward } from './outward.ts';
import { StreamPace } from './stream-pace.ts';

/** `fetch` as far as a client of MCP needs it: a text body, and an answer that may be a stream. */
export type OutwardFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Statuses whose answers have no body (Fetch, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
/** One answer of a server; the model is given 8 KB of it. */
const MAX_ANSWER_BYTES = 4_194_304;

/**
 * A `fetch` that goes through the tools' door: public addresses only, pinned, no
 * redirect followed.
 *
 * An answer has a longest size; the stream of a server's own news, a GET, has no
 * end but a rate, and a pace at which it is opened anew.
 *
 * @param headersFor - sent with each request, over what the client sends itself.
 */
export function outwardFetch(
  outward: Outward,
  headersFor: (url: URL) => Readonly<Record<string, string>>,
  clock: Clock,
): OutwardFetch {
  const pace = new StreamPace(clock);
  return async (target, init = {}) => {
    const { method = 'GET', body, signal } = init;
    if (body !== undefined && body !== null && typeof body !== 'string')
      throw new EngineError('INTERNAL', 'only texts are sent');
    const url = new URL(target);
    const waits = signal ?? new AbortController().signal;
    if (method === 'GET') await pace.next(waits);
    const answer = await outward.request(url, {
      method,
      headers: { ...Object.fromEntries(new Headers(init.headers)), ...headersFor(url) },
      signal: waits,
      ...(typeof body === 'string' && { body }),
    });
    const { statusCode: status = 500 } = answer;
    if (status < 200 || status > 599) {
      answer.destroy();
      throw new Error(`it was answered with the status ${String(status)}`); // No Response can have it.
    }
    if (WITHOUT_BODY.has(status)) {
      answer.resume();
      return new Response(null, { status, headers: headersOf(answer.headers) });
    }
    const bounds = method === 'GET' ? new EventFlow(clock) : atMost(MAX_ANSWER_BYTES);
    const whole = pipeline(answer, bounds, () => undefined);
    const stream = Readable.toWeb(whole) as ReadableStream<Uint8Array>;
    return new Response(stream, { status, headers: headersOf(answer.headers) });
  };
}

function headersOf(headers: NodeJS.Dict<string | string[]>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
}

/** Passes bytes on, and fails at one too many. */
function atMost(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (part: Buffer, _encoding, pass) => {
      bytes += part.length;
      if (bytes > maxBytes) pass(new Error('the answer is too long'));
      else pass(null, part);
    },
  });
}
