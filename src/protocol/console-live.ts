/** What goes over `WS /api/live`. One JSON message a frame, each way. */

import { z } from 'zod';
import { AcceptedCall } from './accepted-call.ts';
import { FullRow } from './console-calls.ts';

const Sid = z.string().min(1).max(64);

/**
 * What a page wants to be told. A later one replaces the one before.
 */
export const LiveSubscription = z.strictObject({
  type: z.literal('subscribe'),
  /**
   * Calls whose rows are wanted, with everything that was said in them; `all` for those that are live, with redacted
   * bodies. The list of live calls is always told.
   */
  callSids: z.union([z.literal('all'), z.array(Sid).max(200)]).default([]),
  /** The last row that the page has of each call; of one that is not named, every row is told from the first. */
  since: z.record(Sid, z.int().min(0)).default({}),
});
export type LiveSubscription = z.infer<typeof LiveSubscription>;
/** As a page writes it. */
export type LiveSubscriptionInput = z.input<typeof LiveSubscription>;

/** A live call, as the list shows it. One whose state is `ended` leaves the list. */
export const LiveCall = z.strictObject({
  ...AcceptedCall.shape,
  /** As in `console-calls.ts`. */
  isTest: z.boolean(),
  /** Full path of the state. */
  state: z.string(),
  startedAt: z.iso.datetime({ precision: 3 }),
  /** No process has it: its own was lost, or has handed it over, and the carrier is expected to ask for it. */
  isAwaited: z.boolean(),
  /** Who is heard on the line. */
  speaking: z.enum(['caller', 'agent']).nullable(),
  /** How much audio passes, both ways: 1 is a stream each way in real time. */
  activity: z.number().min(0).max(1),
});
export type LiveCall = z.infer<typeof LiveCall>;

/** A line that is being spoken: in no row yet, and not of the transcript. */
export const SpokenWords = z.strictObject({
  role: z.enum(['caller', 'agent']),
  itemId: z.string(),
  /** Of the agent: what the caller has heard so far. */
  text: z.string(),
  /** Of the agent: what comes next, with the space before it. It may never be heard. */
  ahead: z.string(),
});
export type SpokenWords = z.infer<typeof SpokenWords>;

export const LiveMessage = z.discriminatedUnion('type', [
  /** `isWhole`: the whole list, not what changed of it. The first message of every connection, and again after a loss. */
  z.strictObject({ type: z.literal('calls'), isWhole: z.boolean(), calls: z.array(LiveCall) }),
  /** New rows of one call, in order, without a gap to those told before. */
  z.strictObject({ type: z.literal('rows'), callSid: z.string(), rows: z.array(FullRow) }),
  /** What is being said in a call now, all of it; told to those who named the call, when it has changed. */
  z.strictObject({ type: z.literal('words'), callSid: z.string(), lines: z.array(SpokenWords) }),
  /** Too many rows are missing to be told here: read the call anew and subscribe from there. */
  z.strictObject({ type: z.literal('resync'), callSid: z.string() }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** Why the engine closes a feed. RFC 6455: 1008 policy (no subscription received), 1009 too large, 1013 try again later. */
export const LIVE_CLOSE = { refused: 1008, tooLarge: 1009, full: 1013 } as const;
