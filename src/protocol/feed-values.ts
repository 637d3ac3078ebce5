/** Values that events of a call's feed share (`call-feed.ts`). */

import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** How much of one item of the agent the caller has heard. All in ms. */
const HeardItem = z.object({
  responseId: z.string(),
  itemId: z.string(),
  contentIndex: z.number(),
  receivedMs: z.number(),
  sentMs: z.number(),
  heardMs: z.number(),
  complete: z.boolean(),
});
export const HeardItems = z.array(HeardItem).readonly();

/** Any text: codes come and go from version to version, and none makes a row unreadable. */
const Code = z.string() as unknown as z.ZodType<ErrorCode>;

export const ErrorNote = z.object({
  code: Code,
  message: z.string(),
  cause: z.string().exactOptional(),
});

export const ResponsePurpose = z.enum([
  'greeting',
  'reply',
  'toolAnswer',
  'idlePrompt',
  'lastMinute',
  'goodbye',
  'transfer',
  'transferFailed',
  'filler',
  'say',
  'resumption',
]);

export const ResponseOutcome = z.object({
  status: z.enum(['completed', 'cancelled', 'failed', 'incomplete']),
  reason: z.string().exactOptional(),
  hadAudio: z.boolean(),
  /** Ms. */
  audioMs: z.number(),
  toolCalls: z.number(),
});

/** Tokens, and seconds where the far end bills by time. */
export const Usage = z.object({
  kind: z.enum(['response', 'transcription']),
  inputTextTokens: z.number(),
  inputAudioTokens: z.number(),
  cachedTokens: z.number(),
  outputTextTokens: z.number(),
  outputAudioTokens: z.number(),
  seconds: z.number(),
});

export const ToolRequest = z.object({
  toolCallId: z.string(),
  name: z.string(),
  argumentsJson: z.string(),
});

export const ToolOutcome = z.object({
  status: z.enum(['ok', 'failed', 'timedOut', 'refused', 'cancelled']),
  output: z.string(),
  then: z.enum(['endCall', 'transfer']).exactOptional(),
});

/** What a transfer came to. */
export const TransferResult = z.enum(['reached', 'busy', 'noAnswer', 'failed', 'cancelled']);

/** What comes after a stream. */
export const NextStep = z.enum(['hangup', 'dial']);

export const EndReason = z.enum([
  'completed',
  'caller_hung_up',
  'agent_ended',
  'transferred',
  'idle',
  'max_duration',
  'operator',
  'busy',
  'no_answer',
  'failed',
  'lost',
]);
