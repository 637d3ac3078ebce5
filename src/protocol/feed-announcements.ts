/** Announcements of a call's feed: what was told to whoever listens. Bodies by event, one table for each who tells. */

import { z } from 'zod';
import { EndReason, ErrorNote, HeardItems, NextStep, ToolOutcome } from './feed-values.ts';

const nothing = z.object({});
const line = z.object({ itemId: z.string(), text: z.string(), unheard: z.string().exactOptional() });

export const CALL_ANNOUNCEMENTS = {
  'call.accepted': z.object({
    callSid: z.string(),
    agentId: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    from: z.string(),
    to: z.string(),
    isTest: z.boolean().exactOptional(),
  }),
  /** What the chart was told at its beginning: with it and the facts a call can be walked through again. */
  'call.began': z.object({
    turns: z.enum(['model', 'chart']),
    bargeIn: z.enum(['immediate', 'confirmed']),
    greetingMode: z.enum(['model', 'clip']),
    filler: z.enum(['clip', 'model', 'none']),
    greeting: z.string(),
    canTransfer: z.boolean(),
    isRecorded: z.boolean(),
    announcement: z.string(),
    /** All in ms. */
    limits: z.object({
      maxCallMs: z.number(),
      idleMs: z.number(),
      toolTimeoutMs: z.number(),
      maxTurnMs: z.number(),
      minSpeechMs: z.number(),
    }),
  }),
  'call.failing': z.object({ error: ErrorNote }),
  'call.ended': z.object({ reason: EndReason }),
  'turn.interrupted': z.object({ heard: HeardItems }),
  /** Other words of a line than those that stood there: some were held back at first. */
  'caller.reworded': line,
  'agent.reworded': line,
};

const pausedBy = z.enum(['operator', 'agent', 'card']);

export const RECORDING_ANNOUNCEMENTS = {
  'recording.began': nothing,
  'recording.paused': z.object({ by: pausedBy, silencedMs: z.number() }),
  'recording.resumed': z.object({ by: pausedBy }),
  'recording.ended': z.object({
    reason: z.enum(['callEnded', 'erased', 'failed', 'diskFull', 'tooLong']),
    lengthMs: z.number(),
  }),
};

/** What the journal's transactions wrote down. */
export const JOURNAL_ANNOUNCEMENTS = {
  'stream.accepted': z.object({ epoch: z.int() }),
  'next.decided': z.object({ next: NextStep }),
  'lead.stored': z.object({ leadId: z.string() }),
  'booking.stored': z.object({ bookingId: z.string() }),
  'booking.missed': nothing,
  'booking.cancelled': z.object({ bookingId: z.string() }),
  'booking.rescheduled': z.object({ bookingId: z.string(), newBookingId: z.string() }),
  'message.stored': z.object({ messageId: z.string() }),
  'message.settled': z.object({ messageId: z.string(), status: z.string() }),
  'effect.intended': z.object({ key: z.string(), tool: z.string(), toolCallId: z.string() }),
  'effect.concluded': z.object({
    key: z.string(),
    tool: z.string(),
    status: ToolOutcome.shape.status,
    isLate: z.boolean().exactOptional(),
  }),
  /** Of a recording of the carrier's own. */
  'recording.reported': z.object({
    recordingSid: z.string(),
    status: z.string(),
    durationS: z.number().exactOptional(),
  }),
  'rows.dropped': z.object({ rows: z.number() }),
};
