import type { EndReason, TransferResult } from '../../../machines/call/call.events.ts';
import type { DialCallStatus } from '../../../protocol/twilio-webhook.ts';

/** Twilio's `CallStatus` after which it has nothing more to say of a call, and how one ends that has no chart. */
const ENDS: ReadonlyMap<string, EndReason> = new Map([
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['canceled', 'no_answer'],
  ['failed', 'failed'],
]);

/** Why a call is over, by its `CallStatus`; undefined while it goes on. */
export const endReasonOf = (callStatus: string | undefined): EndReason | undefined =>
  callStatus === undefined ? undefined : ENDS.get(callStatus);

/** What a transfer came to, by its `DialCallStatus`. `answered` is what Twilio says of a conference. */
export const TRANSFER_RESULTS: Readonly<Record<DialCallStatus, TransferResult>> = {
  completed: 'reached',
  answered: 'reached',
  busy: 'busy',
  'no-answer': 'noAnswer',
  failed: 'failed',
  canceled: 'cancelled',
};
