import { z } from 'zod';
import { networkCodeOf } from '../../../network-faults.ts';

/** What Twilio does when a number is called, as its account has it. */
const NumberSettings = z.looseObject({
  voice_url: z.string().nullish(),
  voice_method: z.string().nullish(),
  voice_fallback_url: z.string().nullish(),
  status_callback: z.string().nullish(),
  status_callback_method: z.string().nullish(),
  /** Set, it is asked instead of the URL. */
  voice_application_sid: z.string().nullish(),
  trunk_sid: z.string().nullish(),
});
export type NumberSettings = z.infer<typeof NumberSettings>;

const NumberList = z.looseObject({ incoming_phone_numbers: z.array(NumberSettings) });

export interface NumberQuestion {
  /** Base URL without path, such as `https://api.twilio.com`. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164. */
  readonly number: string;
}

export type NumberAnswer =
  | { readonly kind: 'found'; readonly settings: NumberSettings }
  /** The account has no such number. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly status: number }
  /** By a code of the network; empty for an answer that is not Twilio's. */
  | { readonly kind: 'unreachable'; readonly code: string };

const ANSWER_WITHIN_MS = 5000;

/** Asks the account what a number of its does. One request; never throws. */
export async function readNumberSettings(asked: NumberQuestion): Promise<NumberAnswer> {
  const { apiUrl, accountSid, authToken, number } = asked;
  const path = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/IncomingPhoneNumbers.json`;
  const query = new URLSearchParams({ PhoneNumber: number });
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  try {
    const answer = await fetch(new URL(`${path}?${query.toString()}`, apiUrl), {
      headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
      redirect: 'error', // The credentials go to the configured host and to no other.
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) return { kind: 'refused', status: answer.status };
    const [settings] = NumberList.parse(await answer.json()).incoming_phone_numbers;
    return settings === undefined ? { kind: 'unknown' } : { kind: 'found', settings };
  } catch (thrown) {
    return { kind: 'unreachable', code: networkCodeOf(thrown) };
  }
}
