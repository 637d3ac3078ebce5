import type { Sender, Outgoing } from '../../outbox/sender.port.ts';
import { callAtCarrier, foundOf, sendResultOf } from './send-results.ts';
import type { TwilioRest } from './rest.ts';

/** Twilio's refusals of a call, in words. https://www.twilio.com/docs/api/errors */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [13223, 'That number cannot be called.'],
  [13224, 'That number cannot be called.'],
  [13225, 'Calls to that number are blocked.'],
  [13227, 'Calls to that country are not enabled.'],
  [21211, 'That number cannot be called.'],
  [21215, 'Calls to that country are not enabled.'],
  [21216, 'Calls to that number are blocked.'],
]);

const NOT_POSSIBLE = 'Calls cannot be placed at the moment.';

/** Twilio counts in whole seconds, and its clock is not ours. */
const CLOCK_SKEW_MS = 5000;

export interface OutboundCallsParts {
  readonly rest: TwilioRest;
  /** Where Twilio asks what to do with a call that is answered; `?k=` with the entry's id is added to both, and the agent to this one. */
  readonly voiceUrl: string;
  readonly statusUrl: string;
  /** How long it may ring, and how long it may last, in seconds. */
  readonly ringSeconds?: number;
  readonly limitSeconds?: number;
}

/** Calls placed through Twilio, each at most once: one whose answer is lost is looked for, by number and time. */
export function createTwilioCalls(parts: OutboundCallsParts): Sender {
  const { rest, ringSeconds, limitSeconds } = parts;
  return {
    send: ({ id, request: { to = '', agentId } }: Outgoing) =>
      sendResultOf(
        rest.createCall({
          to,
          url: named(parts.voiceUrl, id, agentId),
          statusCallback: named(parts.statusUrl, id),
          ...(ringSeconds !== undefined && { ringSeconds }),
          ...(limitSeconds !== undefined && { limitSeconds }),
        }),
        callAtCarrier,
        (code) => REFUSALS.get(code) ?? NOT_POSSIBLE,
      ),
    find: ({ request: { to = '' }, at }: Outgoing) =>
      foundOf(rest.findCalls(to, at - CLOCK_SKEW_MS), callAtCarrier),
  };
}

function named(url: string, id: string, agentId?: string): string {
  const callback = new URL(url);
  callback.searchParams.set('k', id);
  if (agentId !== undefined) callback.searchParams.set('agent', agentId);
  return callback.href;
}
