/**
 * The part of Twilio's REST API that a call needs: texts, and calls to make and
 * to end. Version 2010-04-01: form bodies, basic authentication, JSON answers.
 *
 * Spoken with `fetch` and not with the `twilio` package, whose client builds
 * its own host names: `TWILIO_API_URL` must hold for every request, and what
 * may be tried again depends on whether a request can have arrived, which that
 * client does not tell.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';

export interface TwilioRestOptions {
  /** Base URL without path, such as `https://api.twilio.com`. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164; the sender of texts and the caller of calls. */
  readonly fromNumber: string;
  /** How long one attempt may take, in ms. */
  readonly timeoutMs: number;
  /** Waits between the attempts to end a call, in ms; one attempt more than there are waits. */
  readonly retryDelaysMs?: readonly number[];
  /** Milliseconds since the Unix epoch. Default: the system's. */
  readonly now?: () => number;
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

/** Twilio's "call is not in progress": what ending a call is to bring about. */
const CALL_NOT_IN_PROGRESS = 21220;

const Problem = z.looseObject({ code: z.number().optional() });
const SentMessage = z.looseObject({ sid: z.string(), status: z.string() });
const StartedCall = z.looseObject({ sid: z.string(), status: z.string() });
const Updated = z.looseObject({});
const Listed = {
  sid: z.string(),
  status: z.string(),
  /** RFC 2822, whole seconds. */ date_created: z.string(),
};
const MessageList = z.looseObject({
  messages: z.array(z.looseObject({ ...Listed, body: z.string().nullish() })),
});
const CallList = z.looseObject({ calls: z.array(z.looseObject(Listed)) });

export interface SentText {
  readonly sid: string;
  readonly status: string;
}
export interface FoundText extends SentText {
  readonly body: string;
}
export interface CallRequest {
  readonly to: string;
  /** Where Twilio asks for TwiML when the call is answered. */
  readonly url: string;
  readonly statusCallback: string;
  /** How long it may ring, in seconds; Twilio's default is 60. */
  readonly ringSeconds?: number;
  /** How long the call may last, in seconds. */
  readonly limitSeconds?: number;
}

/**
 * A request that Twilio refused, or that got no usable answer. Twilio's own
 * sentence is left out: it quotes telephone numbers.
 */
export class TwilioRestError extends EngineError {
  /** Twilio's number for it, such as 21610. */
  readonly twilioCode: number | undefined;
  readonly httpStatus: number | undefined;
  /** `unknown` when the request may have had its effect. */
  readonly happened: 'no' | 'unknown';
  /** How long Twilio wants to be left alone, in ms, where it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    detail: string,
    facts: {
      twilioCode?: number | undefined;
      httpStatus?: number;
      happened: 'no' | 'unknown';
      retryAfterMs?: number | undefined;
    },
    options?: ErrorOptions,
  ) {
    super('TWILIO_REST', detail, options);
    this.twilioCode = facts.twilioCode;
    this.httpStatus = facts.httpStatus;
    this.happened = facts.happened;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

export interface TwilioRest {
  /** Sends a text, in one attempt: whether there is another is the outbox's to say. @throws {TwilioRestError} */
  sendMessage(text: { to: string; body: string; statusCallback?: string }): Promise<SentText>;
  /** Ends a call, in several attempts; one that is over already is a success. @throws {TwilioRestError} */
  completeCall(callSid: string): Promise<void>;
  /** Places a call, in one attempt. @throws {TwilioRestError} */
  createCall(call: CallRequest): Promise<{ sid: string; status: string }>;
  /**
   * The texts to a number since a time, newest first, of the fifty newest. Not
   * by Twilio's `DateSent` filter: a text that waits has no such date yet.
   * @throws {TwilioRestError}
   */
  findMessages(to: string, sinceMs: number): Promise<FoundText[]>;
  /** The calls placed to a number since a time, newest first, of the fifty newest. @throws {TwilioRestError} */
  findCalls(to: string, sinceMs: number): Promise<SentText[]>;
}

export function createTwilioRest(options: TwilioRestOptions): TwilioRest {
  const { accountSid, fromNumber, timeoutMs, retryDelaysMs = RETRY_DELAYS_MS } = options;
  const now = options.now ?? (() => systemClock.now());
  const account = new URL(`/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/`, options.apiUrl);
  const authorization = `Basic ${Buffer.from(`${accountSid}:${options.authToken}`).toString('base64')}`;

  const post = (path: string, form: URLSearchParams): TwilioRequest => ({ method: 'POST', path, form });

  return {
    sendMessage: async ({ to, body, statusCallback }) => {
      const form = new URLSearchParams({ To: to, From: fromNumber, Body: body });
      if (statusCallback !== undefined) form.set('StatusCallback', statusCallback);
      const { sid, status } = await attempt(post('Messages.json', form), SentMessage);
      return { sid, status };
    },

    completeCall: async (callSid) => {
      const path = `Calls/${encodeURIComponent(callSid)}.json`;
      const form = new URLSearchParams({ Status: 'completed' });
      try {
        await insist(post(path, form), Updated);
      } catch (thrown) {
        if (thrown instanceof TwilioRestError && thrown.twilioCode === CALL_NOT_IN_PROGRESS) return;
        throw thrown;
      }
    },

    createCall: async ({ to, url, statusCallback, ringSeconds, limitSeconds }) => {
      const form = new URLSearchParams({
        To: to,
        From: fromNumber,
        Url: url,
        StatusCallback: statusCallback,
      });
      for (const event of ['initiated', 'ringing', 'answered', 'completed']) {
        form.append('StatusCallbackEvent', event);
      }
      if (ringSeconds !== undefined) form.set('Timeout', String(ringSeconds));
      if (limitSeconds !== undefined) form.set('TimeLimit', String(limitSeconds));
      const { sid, status } = await attempt(post('Calls.json', form), StartedCall);
      return { sid, status };
    },

    findMessages: async (to, sinceMs) => {
      const { messages } = await attempt(get('Messages.json', to), MessageList);
      return messages
        .map((message) => ({ ...foundOf(message), body: message.body ?? '' }))
        .filter(({ createdMs }) => createdMs >= wholeSecond(sinceMs));
    },

    findCalls: async (to, sinceMs) => {
      const { calls } = await attempt(get('Calls.json', to), CallList);
      return calls.map(foundOf).filter(({ createdMs }) => createdMs >= wholeSecond(sinceMs));
    },
  };

  function get(path: string, to: string): TwilioRequest {
    const query = new URLSearchParams({ To: to, From: fromNumber, PageSize: '50' });
    return { method: 'GET', path: `${path}?${query.toString()}` };
  }

  /** Tries what may be done twice until it is done. */
  async function insist<Answer>(request: TwilioRequest, schema: z.ZodType<Answer>): Promise<Answer> {
    for (const delayMs of retryDelaysMs) {
      try {
        return await attempt(request, schema);
      } catch (thrown) {
        if (!(thrown instanceof TwilioRestError) || !mayHelp(thrown)) throw thrown;
      }
      await wait(delayMs);
    }
    return attempt(request, schema);
  }

  async function attempt<Answer>(request: TwilioRequest, schema: z.ZodType<Answer>): Promise<Answer> {
    const { status, body, retryAfter } = await exchange(request);
    if (status < 200 || status >= 300) throw refusalOf(status, body, retryAfterMs(retryAfter, now()));
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new TwilioRestError('the answer cannot be read', { httpStatus: status, happened: 'unknown' });
  }

  async function exchange({ method, path, form }: TwilioRequest): Promise<Exchange> {
    try {
      const response = await fetch(new URL(path, account), {
        method,
        headers: { authorization, accept: 'application/json' },
        ...(form === undefined ? {} : { body: form }),
        redirect: 'error', // The credentials go to the configured host and to no other.
        signal: AbortSignal.timeout(timeoutMs),
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

interface TwilioRequest {
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

const foundOf = ({ sid, status, date_created }: { sid: string; status: string; date_created: string }) => ({
  sid,
  status,
  createdMs: Date.parse(date_created),
});

const wholeSecond = (ms: number) => Math.floor(ms / 1000) * 1000;

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3); anything else says nothing. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** A refusal (4xx) has had no effect. After a 5xx nobody knows: Twilio may fail behind the queue. */
function refusalOf(httpStatus: number, body: unknown, retryAfterMs: number | undefined): TwilioRestError {
  const twilioCode = Problem.safeParse(body).data?.code;
  const named = twilioCode === undefined ? '' : `, code ${String(twilioCode)}`;
  const happened = httpStatus >= 500 ? 'unknown' : 'no';
  const facts = { twilioCode, httpStatus, happened, retryAfterMs } as const;
  return new TwilioRestError(`HTTP ${String(httpStatus)}${named}`, facts);
}

/** Trying again can help, unless Twilio understood the request and refused it. */
const mayHelp = ({ httpStatus, happened }: TwilioRestError): boolean =>
  httpStatus === undefined || httpStatus === 429 || happened === 'unknown';

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
