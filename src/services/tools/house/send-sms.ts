import { z } from 'zod';
import type { OutboxDelivery } from '../../outbox/outbox.port.ts';
import type { Message } from '../../../protocol/stored-items.ts';
import type { Journal, Errand, TextLimit, TextLimits } from '../../storage/journal.port.ts';
import { SOMETHING, spokenText } from '../argument-text.ts';
import { callerOf, ownNumberOf } from '../../desk/call-facts.ts';
import { defineTool } from '../define-tool.ts';
import { countryOf, judgeNumber, type NumberVerdict, servedCountries } from '../../desk/number-policy.ts';
import { hasForeignLink, MAX_TEXT_CHARACTERS, plainText } from './text-policy.ts';
import { done, forbid, refuse, type ToolAnswer } from '../tool-answer.ts';

const LIMITS: TextLimits = { perCall: 3, perDestinationAndDay: 3, perEngineAndDay: 100 };

const TOO_MANY: Readonly<Record<TextLimit, string>> = {
  call: 'No more texts can be sent in this call.',
  destination: 'No more texts can be sent to this caller today.',
  engine: 'No more texts can be sent today.',
  repeat: 'The same text was sent to this caller today already.',
};

export interface SendSmsParts {
  readonly journal: Journal;
  readonly texts: OutboxDelivery;
  /** Where texts may go; by default those of the profile, or the country of the number that the call reached. */
  readonly countries?: ReadonlySet<string>;
  readonly limits?: TextLimits;
}

/**
 * Sends a text to the other party of the call, or to a contact that the profile names; to nobody else.
 *
 * The text is counted and put into the outbox in one transaction, and the
 * outbox sends it, at most once: the same request finds the text that is there.
 */
export const sendSms = ({ journal, texts, countries, limits = LIMITS }: SendSmsParts) =>
  defineTool({
    name: 'send_sms',
    description:
      'Send a text message to the number of this call, and to no other. Only when the caller asked for it or agreed to it.',
    policy: { kind: 'effect', once: 'arguments', outlivesCall: true, needsReadBack: true, isWayOut: false },
    args: ({ contacts }) => {
      const body = spokenText(
        MAX_TEXT_CHARACTERS,
        'The text. No links but those of the business.',
        SOMETHING,
      ).transform(plainText);
      const names = Object.keys(contacts);
      const to = z.enum(names).optional().describe('Whom to text instead of the caller.');
      // Without contacts there is nobody to choose, and nothing that a model could be talked into naming.
      return (names.length === 0 ? z.strictObject({ body }) : z.strictObject({ body, to })) as z.ZodObject<{
        body: typeof body;
        to: typeof to;
      }>;
    },
    run: async ({ body, to }, { call, key }) => {
      const verdict =
        to === undefined
          ? judgeNumber(
              callerOf(call),
              countries ?? servedCountries(call.profile.countries, ownNumberOf(call)),
            )
          : judgeContact(call.profile.contacts[to] ?? '');
      if (!verdict.ok) return forbid('number', `That number cannot be texted. ${verdict.reason}`);
      if (body === '') return refuse('The text says nothing.');
      if (hasForeignLink(body, call.profile, [callerOf(call), ownNumberOf(call)])) {
        return forbid(
          'link',
          'The text has a link or a number, or what a phone takes for one, that is not of the business.',
        );
      }
      const { callSid } = call;
      const text = { key, callSid, to: verdict.number, body, at: call.now(), limits };
      const stored = await journal.transact('createMessage', text);
      if ('tooMany' in stored) return forbid('velocity', TOO_MANY[stored.tooMany]);
      return answerFor(stored.message, await texts.deliver(stored.message.id));
    },
  });

/** The business named the number, so any country will do; what costs extra is refused all the same. */
function judgeContact(number: string): NumberVerdict {
  const country = countryOf(number);
  return judgeNumber(number, new Set(country === undefined ? [] : [country]));
}

/** A text without an errand was stored by an engine that had no outbox: what it knew of the text is all there is. */
function answerFor({ status: told }: Message, errand: Errand | undefined): ToolAnswer {
  const status = errand?.status ?? told;
  switch (status) {
    case 'pending':
    case 'unknown':
      return {
        status: 'uncertain',
        reason: 'It is not certain that the text was sent. Say so, and do not send it again.',
      };
    case 'failed':
    case 'undelivered':
    case 'canceled':
      return refuse(errand?.reason ?? 'That text could not be sent.');
    case 'simulated':
      return done({ status, note: 'No carrier is connected: the text was kept, and not sent.' });
    default:
      return done({ status, note: 'The carrier has the text. Delivery is not yet known.' });
  }
}
