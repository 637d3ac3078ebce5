import type { SendResult, FoundAtCarrier } from '../../outbox/sender.port.ts';
import { type SentText, TwilioRestError } from './rest.ts';

/**
 * The outcome of a REST request: done, not done or uncertain.
 *
 * @param wordsFor - Twilio's code for a refusal, in words for the model; 0 where it gave none.
 */
export async function sendResultOf(
  attempt: Promise<SentText>,
  wordsFor: (twilioCode: number) => string,
): Promise<SendResult> {
  try {
    const { sid, status } = await attempt;
    return { outcome: 'accepted', status, providerSid: sid };
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

export async function foundOf(found: Promise<readonly SentText[]>): Promise<FoundAtCarrier> {
  try {
    const candidates = (await found).map(({ sid, status }) => ({ providerSid: sid, status }));
    return { outcome: 'looked', candidates };
  } catch {
    return { outcome: 'unknown' };
  }
}
