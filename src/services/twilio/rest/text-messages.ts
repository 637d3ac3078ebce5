import type { Sender, Outgoing, SendResult, FoundAtCarrier } from '../../outbox/sender.port.ts';
import { foundOf, sendResultOf, textAtCarrier } from './send-results.ts';
import type { TwilioRest } from './rest.ts';

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

/**
 * Texts through Twilio.
 *
 * Twilio has no idempotency key. A text whose answer is lost is looked for in
 * Twilio's list, by the number, the words and the time; and the status callback
 * carries the message's id, so that it can prove a text that no list shows yet.
 *
 * @param statusUrl - where Twilio reports what becomes of a text; `?k=` with the message's id is added.
 */
export function createTwilioTexts({ rest, statusUrl }: { rest: TwilioRest; statusUrl: string }): Sender {
  return {
    send: ({ id, request }: Outgoing): Promise<SendResult> => {
      const statusCallback = new URL(statusUrl);
      statusCallback.searchParams.set('k', id);
      const { to = '', body = '' } = request;
      return sendResultOf(
        rest.sendMessage({ to, body, statusCallback: statusCallback.href }),
        textAtCarrier,
        (code) => REFUSALS.get(code) ?? NOT_POSSIBLE,
      );
    },
    find: ({ request: { to = '', body }, at }: Outgoing): Promise<FoundAtCarrier> =>
      foundOf(
        rest.findMessages(to, at - CLOCK_SKEW_MS).then((found) => found.filter((text) => text.body === body)),
        textAtCarrier,
      ),
  };
}

/** Twilio counts in whole seconds, and its clock is not ours. */
const CLOCK_SKEW_MS = 5000;
