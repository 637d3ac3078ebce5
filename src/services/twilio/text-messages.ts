import type { OutgoingText, TextReceipt, TextSender } from '../text-sender.port.ts';
import { type TwilioRest, TwilioRestError } from './rest.ts';

/**
 * Twilio's refusals of a text, in words for the model. The codes come from the
 * request itself; what becomes of a text later (30003 to 30008) is told by the
 * status callback. https://www.twilio.com/docs/api/errors
 */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [21211, 'The number of this call cannot be texted.'],
  [21408, 'Texts to that country are not enabled.'],
  [21610, 'The caller has opted out of texts from this number, by answering STOP. Do not try again.'],
  [21612, 'The number of this call cannot be reached by text.'],
  [21614, 'The number of this call is not a mobile number.'],
  [21617, 'The text is too long.'],
  [21658, 'The text is too long.'],
]);

/** Anything else is the operator's to put right: an account, a sender, a limit. */
const NOT_POSSIBLE = 'Texts cannot be sent at the moment. Offer to take a message instead.';

/** Twilio counts in whole seconds, and its clock is not ours. */
const CLOCK_SKEW_MS = 5000;

/**
 * Texts through Twilio, each at most once.
 *
 * Twilio has no idempotency key. When an answer is lost the text is looked for
 * in Twilio's list; when it is not there (yet) its fate stays unknown, and the
 * status callback, which carries the message's id, can still prove it.
 *
 * @param statusUrl - where Twilio reports what becomes of a text; `?k=` with the message's id is added.
 */
export function createTwilioTexts({ rest, statusUrl }: { rest: TwilioRest; statusUrl: string }): TextSender {
  const find = async ({ to, body, at }: OutgoingText): Promise<TextReceipt> => {
    try {
      const found = (await rest.findMessages(to, at - CLOCK_SKEW_MS)).find((text) => text.body === body);
      if (found === undefined) return { outcome: 'unknown' };
      return { outcome: 'accepted', status: found.status, providerSid: found.sid };
    } catch (thrown) {
      if (thrown instanceof TwilioRestError) return { outcome: 'unknown' };
      throw thrown;
    }
  };

  return {
    find,
    send: async (text) => {
      const statusCallback = new URL(statusUrl);
      statusCallback.searchParams.set('k', text.id);
      try {
        const { to, body } = text;
        const { sid, status } = await rest.sendMessage({ to, body, statusCallback: statusCallback.href });
        return { outcome: 'accepted', status, providerSid: sid };
      } catch (thrown) {
        if (!(thrown instanceof TwilioRestError)) throw thrown;
        if (thrown.happened === 'unknown') return find(text);
        return { outcome: 'refused', reason: REFUSALS.get(thrown.twilioCode ?? 0) ?? NOT_POSSIBLE };
      }
    },
  };
}
