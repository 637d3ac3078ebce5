/**
 * Facts of a call's feed: what was told to the chart. Bodies by event, one table for each who tells.
 * What each means is written where the chart takes it, in `machines/call/call.events.ts`.
 */

import { z } from 'zod';
import {
  ErrorNote,
  HeardItems,
  ResponseOutcome,
  ResponsePurpose,
  ToolOutcome,
  ToolRequest,
  TransferResult,
  Usage,
} from './feed-values.ts';

const nothing = z.object({});
const item = z.object({ itemId: z.string() });

export const PHONE_FACTS = {
  'phone.attached': z.object({ streamSid: z.string() }),
  'phone.stopped': z.object({ heard: HeardItems }),
  'phone.lost': z.object({ error: ErrorNote, heard: HeardItems }),
  'playback.started': z.object({ roundTripMs: z.number().exactOptional() }),
  'playback.finished': z.object({ heard: HeardItems }),
  'playback.cleared': z.object({ heard: HeardItems }),
  'playback.paused': nothing,
  'digit.pressed': z.object({ digit: z.string() }),
};

export const MODEL_FACTS = {
  'model.opened': nothing,
  'model.configured': nothing,
  'model.refused': z.object({ error: ErrorNote }),
  'model.disconnected': z.object({ error: ErrorNote }),
  'model.rotated': nothing,
  'model.lost': z.object({ error: ErrorNote }),
  'caller.startedSpeaking': item.extend({ soundMs: z.number().exactOptional() }),
  'caller.stoppedSpeaking': item.extend({
    speechMs: z.number(),
    silentMs: z.number().exactOptional(),
    isAtLeast: z.literal(true).exactOptional(),
  }),
  'caller.committed': item,
  'caller.keptSilent': nothing,
  'caller.said': item.extend({ text: z.string(), language: z.string().exactOptional() }),
  'caller.unclear': item,
  'response.started': z.object({ responseId: z.string(), purpose: ResponsePurpose }),
  'response.finished': z.object({
    responseId: z.string(),
    purpose: ResponsePurpose,
    outcome: ResponseOutcome,
  }),
  'tool.requested': z.object({ request: ToolRequest }),
  'agent.startedItem': item.extend({ responseId: z.string() }),
  'agent.said': item.extend({
    text: z.string(),
    interrupted: z.boolean(),
    heardMs: z.number(),
    unheard: z.string().exactOptional(),
  }),
  'usage.reported': z.object({ usage: Usage }),
};

const toolEnd = z.object({ toolCallId: z.string(), name: z.string(), outcome: ToolOutcome });

export const TOOL_FACTS = {
  'tool.settled': toolEnd.extend({ slot: z.string() }),
  'tool.cameLate': toolEnd,
  'tools.withdrawn': z.object({ kept: z.array(z.string()).readonly() }),
};

export const DESK_FACTS = {
  'transcript.filled': nothing,
  'phone.completed': z.object({ failed: z.boolean().exactOptional() }),
  'phone.left': z.object({ mayReturn: z.boolean() }),
  'hangup.requested': nothing,
  'handOver.requested': nothing,
  'transfer.requested': z.object({ hasNumber: z.boolean().exactOptional() }),
  'transfer.ended': z.object({ result: TransferResult }),
  'say.requested': z.object({ text: z.string() }),
  'whisper.requested': z.object({ text: z.string() }),
  'mute.requested': z.object({ muted: z.boolean() }),
  /** `since`: ms since the Unix epoch. */
  'recording.requested': z.object({
    paused: z.boolean(),
    by: z.enum(['operator', 'agent', 'card']),
    since: z.number().exactOptional(),
  }),
  'recording.brokeOff': z.object({ reason: z.enum(['erased', 'failed', 'diskFull', 'tooLong']) }),
};

/** A leg that an exception ended. */
export const CRASHES = {
  'crashed.phone': nothing,
  'crashed.model': nothing,
};
