/**
 * Orders of a call's feed: what the chart told its children to do. Bodies by order, one table for each who obeys.
 * What each means is written where the chart gives it: `machines/call/call.ports.ts`, `machines/session/session.events.ts`.
 */

import { z } from 'zod';
import { HeardItems, NextStep, ResponsePurpose } from './feed-values.ts';

const nothing = z.object({});

export const PHONE_ORDERS = {
  clearPlayback: nothing,
  pausePlayback: nothing,
  resumePlayback: nothing,
  playClip: z.object({
    clip: z.enum(['hold', 'sorry', 'failed', 'greeting', 'filler']),
    itemId: z.string().exactOptional(),
  }),
  mutePlayback: z.object({ muted: z.boolean() }),
  dropStream: nothing,
  recall: nothing,
  leaveStream: z.object({ next: NextStep }),
  endCall: nothing,
};

export const MODEL_ORDERS = {
  allowReplies: z.object({ allowed: z.boolean() }),
  createResponse: z.object({ purpose: ResponsePurpose, text: z.string().exactOptional() }),
  cancelResponse: nothing,
  commitTurn: nothing,
  settleItems: z.object({ heard: HeardItems }),
  answerTool: z.object({ toolCallId: z.string(), output: z.string() }),
  keepTools: z.object({ names: z.array(z.string()).readonly() }),
  addMessage: z.object({ role: z.enum(['user', 'system', 'assistant']), text: z.string() }),
  rememberClip: z.object({ itemId: z.string(), text: z.string() }),
  close: nothing,
};

export const TOOL_ORDERS = {
  cancel: nothing,
};

/** Orders that no chart gives any more, in rows of older engines. Each is read and shown; a replay does not wait for it. */
export const FORMER_ORDERS = {
  /** To the model. The session configures itself since it is a chart of its own. */
  configure: nothing,
};
