/**
 * What `/api/calls` tells of calls: the record of one, its rows, its times.
 * The server answers these shapes, the console reads them, tests check one by the other.
 */

import { z } from 'zod';
import { AcceptedCall } from './accepted-call.ts';
import { COMMAND_NAMES } from './console-commands.ts';
import { pageOf } from './rest.ts';

/** ISO 8601 UTC with milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 });

/** Why a call failed, and what an operator does about it. */
export const ShownFailure = z.strictObject({
  /** One of the engine's error codes. */
  code: z.string(),
  /** What the far end or the network called it, such as `invalid_api_key` or `ENOTFOUND`. */
  cause: z.string().nullable(),
  text: z.string(),
  /** An imperative; null where nothing but the text can be said. */
  remedy: z.string().nullable(),
});
export type ShownFailure = z.infer<typeof ShownFailure>;

/** One call in a list. */
export const CallItem = z.strictObject({
  ...AcceptedCall.shape,
  /** Placed to try the engine, from the softphone or by `callchart call`: no figure counts it unless asked to. */
  isTest: z.boolean(),
  /** Fixed name of a state; `ended` for ended calls. */
  state: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  endReason: z.string().nullable(),
  /** Of a call that ended `failed` or `lost`; null for others, and where nobody said why. Files of older engines have none. */
  failure: ShownFailure.nullable().default(null),
  durationMs: z.int().nullable(),
  /** How often the caller spoke over the agent. This and the next two are null while they are not counted. */
  bargeIns: z.int().nullable(),
  toolCalls: z.int().nullable(),
  lastSpeaker: z.enum(['caller', 'agent']).nullable(),
});
export type CallItem = z.infer<typeof CallItem>;

/** A call that was just placed: nothing is counted of it yet. `state` is its full path. */
export const PlacedCall = CallItem.omit({
  failure: true,
  bargeIns: true,
  toolCalls: true,
  lastSpeaker: true,
});

export const CallPage = pageOf(CallItem);
export type CallPage = z.infer<typeof CallPage>;

/** Lengths of the chart's delays in ms, by name; null where it is not known. */
export const Delays = z.record(z.string(), z.number().nullable());
export type Delays = z.infer<typeof Delays>;

/** One call, as `GET /api/calls/:callSid` tells it. */
export const CallDetail = CallItem.extend({
  /** Whether it runs in this engine now. */
  isLive: z.boolean(),
  /** It has not ended, and no process has it: its own was lost, or has handed it over, and the carrier is expected to ask for it. */
  isAwaited: z.boolean(),
  /** What the call takes now (`console-commands.ts`); empty for one that is not live. */
  commands: z.array(z.enum(COMMAND_NAMES)),
  /** As they hold for this call while it is live; else those that are the same for every call. */
  delays: Delays,
});
export type CallDetail = z.infer<typeof CallDetail>;

/** What is told of what was said and keyed: everything, or only its shape, with dots for letters and digits. */
export type ShownBodies = 'redacted' | 'full';

/** One row of a call's log. */
export const CallRow = z.strictObject({
  /** Dense per call, from 1. */
  seq: z.int(),
  at: Instant,
  /** Who told it, or who was told: `call`, `phone`, `model`, `tool.0`, `desk`, `journal`. */
  actor: z.string(),
  /** A dotted name is a fact or an announcement, a bare verb an order. */
  event: z.string(),
  /** Fixed name of the state after it. */
  state: z.string(),
});
export type CallRow = z.infer<typeof CallRow>;

/** A row with everything: `?bodies=redacted|full`, the live feed, a call's file. */
export const FullRow = CallRow.extend({
  /** Full path of the state after it, `conversing.listening.quiet`. */
  path: z.string(),
  /** Who sent it: an actor, `desk` or `journal`. */
  from: z.string(),
  /** Who it went to: `call`, a child of the call; null for what is announced to whoever listens. */
  to: z.string().nullable(),
  /** Keys of the transitions taken, in order; empty when the state did not take it, null when it is not known or there is nothing to take. */
  taken: z.array(z.string()).nullable(),
  /** The regions beside the floor that changed with it, by name: `{"turn": "owed"}`; all of them in the first row of the chart. Null in rows of older engines. */
  regions: z.record(z.string(), z.string()).nullable().default(null),
  body: z.record(z.string(), z.unknown()),
});
export type FullRow = z.infer<typeof FullRow>;

/** The rows of a call, in order: whole ones where `bodies` are asked for. */
export const CallRows = z.union([z.array(FullRow), z.array(CallRow)]);

export const TranscriptLine = z.strictObject({
  role: z.enum(['caller', 'agent', 'tool']),
  text: z.string(),
  at: Instant,
  itemId: z.string(),
  interrupted: z.boolean(),
  /** Words of the agent that came and were not heard, where they were asked for. */
  unheard: z.string().optional(),
});
export type TranscriptLine = z.infer<typeof TranscriptLine>;

/** What was said in a call, in the order spoken. */
export const Transcript = z.array(TranscriptLine);

/** A turn of the caller and the answer to it; milliseconds since the Unix epoch, null for what has not happened. */
export const TurnTimes = z.strictObject({
  /** From 1. */
  turn: z.int(),
  /** Row with which the turn ended: a place to jump to. */
  seq: z.int(),
  /** The caller fell silent: before the detector was sure of it. */
  callerStoppedAt: z.number(),
  /** The caller may have fallen silent earlier: nobody told since when. */
  isAtLeast: z.boolean(),
  /** The detector told that the turn is over. */
  noticedAt: z.number(),
  committedAt: z.number().nullable(),
  /** First audio of the answer left the model. */
  firstDeltaAt: z.number().nullable(),
  /** How long tools ran between `noticedAt` and the first audio of the answer. */
  toolsMs: z.number(),
  /** The answer is heard on the line: when its audio was sent, and a round trip to the carrier later where that is known. */
  audibleAt: z.number().nullable(),
});
export type TurnTimes = z.infer<typeof TurnTimes>;

export const CallLatencies = z.strictObject({
  turns: z.array(TurnTimes),
  /** From the caller's silence to the agent being heard, in ms; null without such a turn. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** From the beginning of the stream to the agent being heard; null while it is not. */
  greetingMs: z.number().nullable(),
});
export type CallLatencies = z.infer<typeof CallLatencies>;

/** Something that a call lost, and when it had another one. */
export const CallLoss = z.strictObject({
  /** Row with which it is known: a place to jump to. */
  seq: z.int(),
  /** Milliseconds since the Unix epoch. Of a process: its last row. */
  at: z.number(),
  /** Its session with the model, its stream from the carrier, or the process of the engine that had it. */
  of: z.enum(['session', 'stream', 'process']),
  /** The process has handed the call over, in a moment in which nothing of it was lost. */
  isPlanned: z.boolean(),
  /** How long the call was without one, and without a stream where it was planned; null while it is, or for good. */
  gapMs: z.number().nullable(),
  /** No other one has come, or will. */
  isForGood: z.boolean(),
});
export type CallLoss = z.infer<typeof CallLoss>;

/** Everything that a call lost, in order. */
export const CallLosses = z.array(CallLoss);
