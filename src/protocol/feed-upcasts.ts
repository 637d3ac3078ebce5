/**
 * Bodies of older rows, made into bodies of today's: one step from each version to the next. A step is never changed
 * once its version has been released.
 */

import { FEED_VERSION } from './call-feed.ts';
import type { z } from 'zod';
import { EndReason, type TransferResult as TransferResultSchema } from './feed-values.ts';

type TransferResult = z.infer<typeof TransferResultSchema>;
type Body = Readonly<Record<string, unknown>>;
/** @returns the body as the next version has it. */
type Upcast = (event: string, body: Body) => Body;

/** Who called, in calls from a softphone before rows told tests. */
const SOFTPHONE = 'client:softphone';

const UPCASTS: Readonly<Record<number, Upcast>> = {
  1: (event, body) => {
    switch (event) {
      case 'call.accepted':
        return { isTest: body['from'] === SOFTPHONE, ...body };
      case 'call.began':
        // What was announced stands in the record as the engine of then asked for it: it is not asked for again.
        return { isRecorded: false, announcement: '', ...body };
      case 'call.ended':
        return EndReason.safeParse(body['reason']).success ? body : { ...body, reason: 'failed' };
      case 'response.finished':
        return { ...body, outcome: withoutAudioMs(body['outcome']) };
      default:
        return body;
    }
  },
  2: (event, body) => {
    if (event === 'transfer.ended') return { ...body, result: transferResult(body['result']) };
    const isTold = event === 'createResponse' && body['purpose'] === 'transferFailed' && 'text' in body;
    return isTold ? { ...body, text: transferResult(body['text']) } : body;
  },
};

/** What a transfer came to, by Twilio's words for it, which were the feed's. */
const TRANSFER_RESULTS: ReadonlyMap<unknown, TransferResult> = new Map([
  ['completed', 'reached'],
  ['answered', 'reached'],
  ['no-answer', 'noAnswer'],
  ['canceled', 'cancelled'],
]);

/** Words that are the same in both stay, and so do dots: a record may have them in a word's place. */
const transferResult = (written: unknown): unknown => TRANSFER_RESULTS.get(written) ?? written;

/** The outcome of a response did not always tell how much audio it had. */
const withoutAudioMs = (outcome: unknown): unknown =>
  typeof outcome === 'object' && outcome !== null ? { audioMs: 0, ...outcome } : outcome;

/** The body of a row of any version that ever was, as this one has it. */
export function upcastBody(version: number, event: string, body: Body): Body {
  let upcast = body;
  for (let from = version; from < FEED_VERSION; from++) upcast = UPCASTS[from]?.(event, upcast) ?? upcast;
  return upcast;
}
