import type { EndReason } from '../../../machines/call/call.events.ts';

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
