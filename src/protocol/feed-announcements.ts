/** Announcements of a call's feed: what was told to whoever listens. Bodies by event, one table for each who tells. */

import { z } from 'zod';
import { AcceptedCall } from './accepted-call.ts';
import { EndReason, ErrorNote, HeardItems, NextStep, ToolOutcome } from './feed-values.ts';

const nothing = z.object({});
const line = z.object({ itemId: z.string(), text: z.string(), unheard: z.string().exactOptional() });

const pausedBy = z.enum(['operator', 'agent', 'card']);

/** What a chart is told at its beginning: with it and the facts a call can be walked through again. */
const beginning = {
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
};

export const CALL_ANNOUNCEMENTS = {
  'call.accepted': AcceptedCall,
  'call.began': z.object(beginning),
  /** In the place of `call.began`, where a call goes on in another process. */
  'call.resumed': z.object({
    ...beginning,
    /** Since the row before. As the others in ms. */
    gapMs: z.number(),
    elapsedMs: z.number(),
    resumes: z.int(),
    owed: z.enum(['greeting', 'reply', 'nothing', 'transfer']),
    consequence: z.enum(['none', 'end', 'transfer', 'parting']),
    isWarned: z.boolean(),
    recording: z.object({
      standing: z.enum(['off', 'consentOwed', 'rolling', 'stopped']),
      pausedBy: pausedBy.exactOptional(),
    }),
    tellings: z.int(),
    nextSlot: z.int(),
    keptTools: z.array(z.string()).readonly().exactOptional(),
    /** What the tools were answered that were at work when the process before ended. */
    answers: z.array(z.object({ toolCallId: z.string(), output: z.string() })).readonly(),
  }),
  'call.failing': z.object({ error: ErrorNote }),
  'call.ended': z.object({ reason: EndReason }),
  'turn.interrupted': z.object({ heard: HeardItems }),
  /** Other words of a line than those that stood there: some were held back at first. */
  'caller.reworded': line,
  'agent.reworded': line,
};

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
  'next.decided': z.object({ next: NextStep, to: z.string().optional() }),
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
