import type { SendResult, FoundAtCarrier } from '../../outbox/sender.port.ts';
import type { AtCarrier } from '../../storage/journal.port.ts';
import { endReasonOf } from '../webhooks/call-status.ts';
import type { SentText } from './rest.ts';
import { TwilioRestError } from './rest-error.ts';

/**
 * The outcome of a REST request: done, not done or uncertain.
 *
 * @param atCarrier - how a call, or a text, stands at the carrier by its answer.
 * @param wordsFor - Twilio's code for a refusal, in words for the model; 0 where it gave none.
 */
export async function sendResultOf(
  attempt: Promise<SentText>,
  atCarrier: (sent: SentText) => AtCarrier,
  wordsFor: (twilioCode: number) => string,
): Promise<SendResult> {
  try {
    return { outcome: 'accepted', ...atCarrier(await attempt) };
  } catch (thrown) {
    if (!(thrown instanceof TwilioRestError)) return { outcome: 'unknown' };
    const { httpStatus, happened, twilioCode = 0 } = thrown;
    const later = thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs };
    if (httpStatus === 429) return { outcome: 'notTaken', ...later };
    if (httpStatus !== undefined && httpStatus >= 500) return { outcome: 'doubtful', ...later };
    if (happened === 'unknown') return { outcome: 'unknown' };
    // No byte of it left.
    if (httpStatus === undefined) return { outcome: 'notTaken' };
    return { outcome: 'refused', reason: wordsFor(twilioCode) };
  }
}

export async function foundOf(
  found: Promise<readonly SentText[]>,
  atCarrier: (sent: SentText) => AtCarrier,
): Promise<FoundAtCarrier> {
  try {
    return { outcome: 'looked', candidates: (await found).map((one) => atCarrier(one)) };
  } catch {
    return { outcome: 'unknown' };
  }
}

export const textAtCarrier = ({ sid, status }: SentText): AtCarrier => ({ providerSid: sid, status });

export function callAtCarrier({ sid, status }: SentText): AtCarrier {
  const over = endReasonOf(status);
  return { providerSid: sid, status, ...(over !== undefined && { over }) };
}
