import type { Senders } from '../../outbox/outbox.ts';
import { createOfflineSender } from './offline-sender.ts';
import { createTwilioCalls } from './outbound-calls.ts';
import { createTwilioRest, type TwilioRest } from './rest.ts';
import { createTwilioTexts } from './text-messages.ts';

/** An account at the carrier, as far as it is configured. */
export interface CarrierAccount {
  readonly apiUrl: string;
  readonly accountSid?: string | undefined;
  readonly authToken?: string | undefined;
  /** The number that texts and calls come from, E.164. */
  readonly phoneNumber?: string | undefined;
}

/** One attempt at Twilio's REST API, in ms. */
const REST_WITHIN_MS = 5000;

/** The number that calls are placed from. Undefined with less than a whole account. */
export function ownNumberOf({ accountSid, authToken, phoneNumber }: CarrierAccount): string | undefined {
  return accountSid === undefined || authToken === undefined ? undefined : phoneNumber;
}

/** The carrier's REST API. Undefined with less than a whole account. */
export function restOf(account: CarrierAccount): TwilioRest | undefined {
  const { accountSid, authToken, phoneNumber, apiUrl } = account;
  if (accountSid === undefined || authToken === undefined || phoneNumber === undefined) return undefined;
  return createTwilioRest({
    apiUrl,
    accountSid,
    authToken,
    fromNumber: phoneNumber,
    timeoutMs: REST_WITHIN_MS,
  });
}

/** Who carries texts and places calls: Twilio, or nobody when there is no account. */
export function sendersOf(rest: TwilioRest | undefined, publicUrl: string): Senders {
  if (rest === undefined) return { text: createOfflineSender(), call: createOfflineSender() };
  const statusUrl = `${publicUrl}/twilio/status`;
  return {
    text: createTwilioTexts({ rest, statusUrl }),
    call: createTwilioCalls({ rest, statusUrl, voiceUrl: `${publicUrl}/twilio/voice` }),
  };
}
