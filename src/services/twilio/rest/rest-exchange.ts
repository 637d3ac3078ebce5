import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { systemClock } from '../../../clock.ts';
import { mayHelp, refusalOf, TwilioRestError } from './rest-error.ts';

/** How requests go to Twilio. */
export interface RestExchangeOptions {
  /** Base URL without path, such as `https://api.twilio.com`. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** How long one attempt may take, in ms. */
  readonly timeoutMs: number;
  /** Waits between the attempts of what may be done twice, in ms; one attempt more than there are waits. */
  readonly retryDelaysMs?: readonly number[];
  /** Milliseconds since the Unix epoch. Default: the system's. */
  readonly now?: () => number;
}

export interface TwilioRequest {
  readonly method: 'GET' | 'POST';
  /** Below the account. */
  readonly path: string;
  readonly form?: URLSearchParams;
}

interface Exchange {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;
}

/** Within a caller's patience: three attempts in some 1.5 s. */
const RETRY_DELAYS_MS = [250, 1200];

/** The list of fifty texts is the longest answer, some 100 KB. What is longer is none of Twilio's. */
const MAX_ANSWER_BYTES = 2_097_152;

/** Codes of `fetch` that say that no byte of the request has left: it cannot have had an effect. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Requests below one account, and their answers read. */
export class RestExchange {
  readonly #account: URL;
  readonly #authorization: string;
  readonly #timeoutMs: number;
  readonly #retryDelaysMs: readonly number[];
  readonly #now: () => number;

  constructor(options: RestExchangeOptions) {
    const { accountSid, apiUrl, authToken, timeoutMs, retryDelaysMs = RETRY_DELAYS_MS } = options;
    this.#account = new URL(`/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/`, apiUrl);
    this.#authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    this.#timeoutMs = timeoutMs;
    this.#retryDelaysMs = retryDelaysMs;
    this.#now = options.now ?? (() => systemClock.now());
  }

  /** Tries what may be done twice until it is done. @throws {TwilioRestError} */
  async insist<Answer>(request: TwilioRequest, schema: z.ZodType<Answer>): Promise<Answer> {
    for (const delayMs of this.#retryDelaysMs) {
      try {
        return await this.attempt(request, schema);
      } catch (thrown) {
        if (!(thrown instanceof TwilioRestError) || !mayHelp(thrown)) throw thrown;
      }
      await wait(delayMs);
    }
    return this.attempt(request, schema);
  }

  /** Asks once. @throws {TwilioRestError} */
  async attempt<Answer>(request: TwilioRequest, schema: z.ZodType<Answer>): Promise<Answer> {
    const { status, body, retryAfter } = await this.#exchange(request);
    if (status < 200 || status >= 300) throw refusalOf(status, body, retryAfterMs(retryAfter, this.#now()));
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new TwilioRestError('the answer cannot be read', { httpStatus: status, happened: 'unknown' });
  }

  async #exchange({ method, path, form }: TwilioRequest): Promise<Exchange> {
    try {
      const response = await fetch(new URL(path, this.#account), {
        method,
        headers: { authorization: this.#authorization, accept: 'application/json' },
        ...(form === undefined ? {} : { body: form }),
        redirect: 'error', // The credentials go to the configured host and to no other.
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const { status, headers } = response;
      return { status, retryAfter: headers.get('retry-after'), body: readJson(await textOf(response)) };
    } catch (cause) {
      const isNotSent = NOT_SENT.has(networkCodeOf(cause));
      throw new TwilioRestError(
        isNotSent ? 'not reachable' : 'the connection was lost or too slow',
        { happened: isNotSent ? 'no' : 'unknown' },
        { cause },
      );
    }
  }
}

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3); anything else says nothing. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** @throws {Error} as soon as there is too much of it. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `fetch` wraps what the socket said, and a host with several addresses wraps it twice. */
function networkCodeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return '';
}
