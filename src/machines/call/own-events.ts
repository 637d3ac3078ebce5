import type { RestoredCall } from './restored-call.ts';

/**
 * Events that the call raises itself: so a region tells the others what it did. Handled within the step in which it is
 * told; nobody outside sees or sends it.
 */
export type OwnEvent =
  /** The call goes on in another process than the one before: each region takes its place in it. */
  | { type: 'call.restored'; restored: RestoredCall }
  /** A reply was asked for: it answers every turn and every tool output so far. */
  | { type: 'reply.asked' }
  /** A clip asks the caller to say it again: that is the answer. */
  | { type: 'turn.dropped' }
  /** The answer to the tools is not wanted any more. */
  | { type: 'answer.dropped' }
  /** A filler was asked for. */
  | { type: 'filler.asked' }
  /** The conversation is over, by the call's own rules. */
  | { type: 'end.wanted' }
  /** The caller has the floor: it is not over. */
  | { type: 'end.withdrawn' }
  /** The caller is to hear the announcement of the recording again. */
  | { type: 'consent.wanted' }
  /** The caller was asked to wait for the reply: it is owed, whatever is heard meanwhile. */
  | { type: 'turn.held' };
