/**
 * The part of Twilio's REST API that a call needs: texts, and calls to make,
 * to lead elsewhere and to end. Version 2010-04-01: form bodies, basic authentication, JSON answers.
 *
 * Spoken with `fetch` and not with the `twilio` package, whose client builds
 * its own host names: `TWILIO_API_URL` must hold for every request, and what
 * may be tried again depends on whether a request can have arrived, which that
 * client does not tell.
 */

import { z } from 'zod';
import { TwilioRestError } from './rest-error.ts';
import { RestExchange, type RestExchangeOptions, type TwilioRequest } from './rest-exchange.ts';

export interface TwilioRestOptions extends RestExchangeOptions {
  /** E.164; the sender of texts and the caller of calls. */
  readonly fromNumber: string;
}

/** Twilio's "call is not in progress": what ending a call is to bring about, and nothing that can be led elsewhere. */
const CALL_NOT_IN_PROGRESS = 21220;

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
  /** Asked where that URL, or a later one of the call, cannot be used. */
  readonly fallbackUrl?: string;
  /** How long it may ring, in seconds; Twilio's default is 60. */
  readonly ringSeconds?: number;
  /** How long the call may last, in seconds. */
  readonly limitSeconds?: number;
}

export interface TwilioRest {
  /** Sends a text, in one attempt: whether there is another is the outbox's to say. @throws {TwilioRestError} */
  sendMessage(text: { to: string; body: string; statusCallback?: string }): Promise<SentText>;
  /** Ends a call, in several attempts; one that is over already is a success. @throws {TwilioRestError} */
  completeCall(callSid: string): Promise<void>;
  /**
   * Has Twilio ask a URL what to do with a call, at once: what it does for the call until then ends, a stream with what it
   * still had to play. Several attempts; `over` for a call that is.
   * @throws {TwilioRestError}
   */
  redirectCall(callSid: string, url: string): Promise<'redirected' | 'over'>;
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
  const { fromNumber } = options;
  const exchange = new RestExchange(options);

  const post = (path: string, form: URLSearchParams): TwilioRequest => ({ method: 'POST', path, form });

  return {
    sendMessage: async ({ to, body, statusCallback }) => {
      const form = new URLSearchParams({ To: to, From: fromNumber, Body: body });
      if (statusCallback !== undefined) form.set('StatusCallback', statusCallback);
      const { sid, status } = await exchange.attempt(post('Messages.json', form), SentMessage);
      return { sid, status };
    },

    completeCall: async (callSid) => {
      await updateCall(callSid, { Status: 'completed' });
    },

    redirectCall: async (callSid, url) => {
      const isInProgress = await updateCall(callSid, { Url: url, Method: 'POST' });
      return isInProgress ? 'redirected' : 'over';
    },

    createCall: async ({ to, url, statusCallback, fallbackUrl, ringSeconds, limitSeconds }) => {
      const form = new URLSearchParams({
        To: to,
        From: fromNumber,
        Url: url,
        StatusCallback: statusCallback,
      });
      for (const event of ['initiated', 'ringing', 'answered', 'completed']) {
        form.append('StatusCallbackEvent', event);
      }
      if (fallbackUrl !== undefined) form.set('FallbackUrl', fallbackUrl);
      if (ringSeconds !== undefined) form.set('Timeout', String(ringSeconds));
      if (limitSeconds !== undefined) form.set('TimeLimit', String(limitSeconds));
      const { sid, status } = await exchange.attempt(post('Calls.json', form), StartedCall);
      return { sid, status };
    },

    findMessages: async (to, sinceMs) => {
      const { messages } = await exchange.attempt(get('Messages.json', to), MessageList);
      return messages
        .map((message) => ({ ...foundOf(message), body: message.body ?? '' }))
        .filter(({ createdMs }) => createdMs >= wholeSecond(sinceMs));
    },

    findCalls: async (to, sinceMs) => {
      const { calls } = await exchange.attempt(get('Calls.json', to), CallList);
      return calls.map(foundOf).filter(({ createdMs }) => createdMs >= wholeSecond(sinceMs));
    },
  };

  /** Whether it was in progress. */
  async function updateCall(callSid: string, change: Readonly<Record<string, string>>): Promise<boolean> {
    const path = `Calls/${encodeURIComponent(callSid)}.json`;
    try {
      await exchange.insist(post(path, new URLSearchParams(change)), Updated);
      return true;
    } catch (thrown) {
      if (thrown instanceof TwilioRestError && thrown.twilioCode === CALL_NOT_IN_PROGRESS) return false;
      throw thrown;
    }
  }

  function get(path: string, to: string): TwilioRequest {
    const query = new URLSearchParams({ To: to, From: fromNumber, PageSize: '50' });
    return { method: 'GET', path: `${path}?${query.toString()}` };
  }
}

const foundOf = ({ sid, status, date_created }: { sid: string; status: string; date_created: string }) => ({
  sid,
  status,
  createdMs: Date.parse(date_created),
});

const wholeSecond = (ms: number) => Math.floor(ms / 1000) * 1000;
