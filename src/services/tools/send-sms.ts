import type { CountryCode } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Journal, Message } from '../storage/journal.port.ts';
import type { OutgoingText, TextReceipt, TextSender } from '../text-sender.port.ts';
import { SOMETHING, spokenText } from './argument-text.ts';
import { type CallFacts, callerOf } from './call-facts.ts';
import { homeCountryOf } from './caller-number.ts';
import { defineTool } from './define-tool.ts';
import { EffectQueue } from './effect-queue.ts';
import { judgeNumber } from './number-policy.ts';
import { hasForeignLink, MAX_TEXT_CHARACTERS, plainText } from './text-policy.ts';
import { done, refuse, type ToolAnswer } from './tool-answer.ts';

/** How many texts may go out. A text costs money, and a caller can ask for many. */
export interface TextLimits {
  readonly perCall: number;
  readonly perDestinationAndDay: number;
  readonly perEngineAndDay: number;
}

const LIMITS: TextLimits = { perCall: 3, perDestinationAndDay: 3, perEngineAndDay: 100 };
const DAY_MS = 86_400_000;

export interface SendSmsParts {
  readonly journal: Journal;
  readonly texts: TextSender;
  /** Where texts may go; by default the country of the number that the call reached. */
  readonly countries?: ReadonlySet<CountryCode>;
  readonly limits?: TextLimits;
}

/**
 * Sends a text to the other party of the call, to nobody else.
 *
 * The row in the journal is durable before the request leaves, and is the
 * claim to send: the same request finds it and does not send again. A text
 * whose fate is unknown is looked for at the carrier, never repeated.
 */
export const sendSms = ({ journal, texts, countries, limits = LIMITS }: SendSmsParts) => {
  // Counting and claiming are two steps: one text at a time keeps the count of the day exact.
  const claims = new EffectQueue();

  return defineTool({
    name: 'send_sms',
    description:
      'Send a text message to the number of this call, and to no other. Only when the caller asked for it or agreed to it.',
    policy: { kind: 'effect', once: 'arguments', outlivesCall: true, needsReadBack: true, isWayOut: false },
    args: () =>
      z.strictObject({
        body: spokenText(
          MAX_TEXT_CHARACTERS,
          'The text. No links but those of the business.',
          SOMETHING,
        ).transform(plainText),
      }),
    run: async ({ body }, { call, key }) => {
      const allowed = countries ?? homeCountries(call);
      const verdict = judgeNumber(callerOf(call), allowed);
      if (!verdict.ok) return refuse(`The number of this call cannot be texted. ${verdict.reason}`);
      if (body === '') return refuse('The text says nothing.');
      if (hasForeignLink(body, call.profile)) {
        return refuse('The text has a link, or what a phone takes for one, that is not of the business.');
      }

      const at = call.now();
      const claim = await claims.run(async () => {
        const tooMany = await whyTooMany(verdict.number, call.callSid, at);
        if (tooMany !== undefined) return refuse(tooMany);
        return journal.transact('createMessage', {
          key,
          callSid: call.callSid,
          to: verdict.number,
          body,
          at,
        });
      });
      return 'isNew' in claim ? send(claim.message, claim.isNew, call) : claim;
    },
  });

  async function whyTooMany(to: string, callSid: string, at: number): Promise<string | undefined> {
    const since = at - DAY_MS;
    const { ofCall, ofDestination } = await journal.query('messageCounts', { callSid, to, since });
    if (ofCall >= limits.perCall) return 'No more texts can be sent in this call.';
    if (ofDestination >= limits.perDestinationAndDay)
      return 'No more texts can be sent to this caller today.';
    const { items } = await journal.query('messages', { limit: limits.perEngineAndDay });
    const oldest = items[limits.perEngineAndDay - 1];
    const isUsedUp = oldest !== undefined && Date.parse(oldest.createdAt) >= since;
    return isUsedUp ? 'No more texts can be sent today.' : undefined;
  }

  async function send(message: Message, isNew: boolean, call: CallFacts): Promise<ToolAnswer> {
    const text = { id: message.id, to: message.to, body: message.body, at: Date.parse(message.createdAt) };
    if (isNew) return settle(await texts.send(text), text, call);
    // Stored before, by this process or by one that is gone: it may be on its way.
    const isSettled = message.status !== 'pending' && message.status !== 'unknown';
    return isSettled ? answerFor(message.status) : settle(await texts.find(text), text, call);
  }

  async function settle(receipt: TextReceipt, { id }: OutgoingText, call: CallFacts): Promise<ToolAnswer> {
    const status = statusOf(receipt);
    const setProviderSid = receipt.outcome === 'accepted' ? { setProviderSid: receipt.providerSid } : {};
    try {
      await journal.transact('settleMessage', { id, ...setProviderSid, status, at: call.now() });
    } catch {
      // The receipt is the truth all the same. The row stays pending, for the status callback to settle.
    }
    return receipt.outcome === 'refused' ? refuse(receipt.reason) : answerFor(status);
  }
};

const homeCountries = (call: CallFacts): ReadonlySet<CountryCode> => {
  const home = homeCountryOf(call);
  return new Set(home === undefined ? [] : [home]);
};

function statusOf(receipt: TextReceipt): string {
  switch (receipt.outcome) {
    case 'accepted':
      return receipt.status;
    case 'refused':
      return 'failed';
    case 'unknown':
    case 'simulated':
      return receipt.outcome;
  }
}

function answerFor(status: string): ToolAnswer {
  switch (status) {
    case 'unknown':
      return {
        status: 'uncertain',
        reason: 'It is not certain that the text was sent. Say so, and do not send it again.',
      };
    case 'failed':
    case 'undelivered':
    case 'canceled':
      return refuse('That text could not be sent.');
    case 'simulated':
      return done({ status, note: 'No carrier is connected: the text was kept, and not sent.' });
    default:
      return done({ status, note: 'The carrier has the text. Delivery is not yet known.' });
  }
}
