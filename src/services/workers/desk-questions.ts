/** What workers ask each other of a call: the desk's own words, each with its schema. */

import { z } from 'zod';
import { AcceptedCall } from '../../protocol/accepted-call.ts';
import { COMMAND_NAMES } from '../../protocol/console-commands.ts';
import { EndReason, TransferResult } from '../../protocol/feed-values.ts';
import { REFUSAL_CAUSES, type RefusalCause } from '../../protocol/refusal-causes.ts';
import type {
  AfterDial,
  AfterStream,
  CarrierNews,
  CommandAnswer,
  DeskCommand,
  IncomingCall,
  LiveCallStanding,
  NextStep,
} from '../desk/desk.ts';
import type { WorkerQuestion } from './question.ts';

/** A schema for each field: a new one does not compile until it has one, for it would be lost on its way. */
type FieldsOf<Shape> = { readonly [Field in keyof Shape]-?: z.ZodType<Shape[Field]> };
/** The same for each kind of a union. */
type KindsOf<Union extends Readonly<Record<Name, string>>, Name extends string> = {
  readonly [Kind in Union[Name]]: FieldsOf<Extract<Union, Readonly<Record<Name, Kind>>>>;
};

/** A call that rings, without a profile: only a page brings one, for a call that is new to every worker. */
export type RingingCall = Omit<IncomingCall, 'profile'>;
type CallNews = Extract<CarrierNews, { readonly of: 'call' }>;

const { agentId, ...accepted } = AcceptedCall.shape;
const { callSid } = accepted;
const text = z.string();
/** Undefined while the call goes on; a channel may leave such a field out. */
const over = EndReason.optional();
const GOES_ON = { over: undefined };

const RINGING = {
  ...accepted,
  agentId: agentId.exactOptional(),
  peer: z.enum(['carrier', 'page']),
} satisfies FieldsOf<RingingCall>;

const COMMANDS = {
  hangup: { type: z.literal('hangup') },
  transfer: { type: z.literal('transfer'), to: text.exactOptional() },
  say: { type: z.literal('say'), text },
  whisper: { type: z.literal('whisper'), text },
  mute: { type: z.literal('mute'), muted: z.boolean() },
  recording: { type: z.literal('recording'), paused: z.boolean() },
} satisfies KindsOf<DeskCommand, 'type'>;

const STEPS = {
  stream: { kind: z.literal('stream'), token: text, epoch: z.int().min(1).exactOptional() },
  dial: { kind: z.literal('dial'), to: text, callerId: text.exactOptional() },
  busy: {
    kind: z.literal('busy'),
    message: text,
    language: text,
    cause: z.enum(Object.keys(REFUSAL_CAUSES) as RefusalCause[]),
  },
  apology: { kind: z.literal('apology'), message: text, language: text },
  hangup: { kind: z.literal('hangup') },
} satisfies KindsOf<NextStep, 'kind'>;

const AFTER_STREAM = {
  callSid,
  over,
  epoch: z.int().min(1).exactOptional(),
} satisfies FieldsOf<AfterStream>;
const AFTER_DIAL = { callSid, over, result: TransferResult } satisfies FieldsOf<AfterDial>;
const NEWS = { of: z.literal('call'), callSid, status: text, over } satisfies FieldsOf<CallNews>;
const STANDING = {
  commands: z.array(z.enum(COMMAND_NAMES)),
  delays: z.record(text, z.number()),
} satisfies FieldsOf<LiveCallStanding>;

const step: z.ZodType<NextStep> = z.union(Object.values(STEPS).map((fields) => z.object(fields)));
const command: z.ZodType<DeskCommand> = z.union(Object.values(COMMANDS).map((fields) => z.object(fields)));

/** By the desk's names for them. What only the journal knows of is no question: every worker has the same one. */
export const DESK_QUESTIONS = {
  answer: ask('answer', z.object(RINGING), step),
  afterStream: ask(
    'afterStream',
    z.object(AFTER_STREAM).transform((args) => ({ ...GOES_ON, ...args })),
    step,
  ),
  dialResult: ask(
    'dialResult',
    z.object(AFTER_DIAL).transform((args) => ({ ...GOES_ON, ...args })),
    step,
  ),
  status: ask(
    'status',
    z.object({
      news: z.object(NEWS).transform((args) => ({ ...GOES_ON, ...args })),
      outboxId: text.exactOptional(),
    }),
    z.undefined(),
  ),
  command: ask(
    'command',
    z.object({ callSid, command }),
    z.union([
      z.enum(['accepted', 'unknown']),
      z.object({ conflict: text }),
    ]) satisfies z.ZodType<CommandAnswer>,
  ),
  liveCall: ask('liveCall', z.object({ callSid }), z.object(STANDING).optional()),
};

/** The same of calls that begin, or come back: asked by a worker that is to end of one that goes on, wherever the call lives. */
export const PASSED_ON = {
  answer: { ...DESK_QUESTIONS.answer, name: 'desk.answer.passedOn' },
  afterStream: { ...DESK_QUESTIONS.afterStream, name: 'desk.afterStream.passedOn' },
  dialResult: { ...DESK_QUESTIONS.dialResult, name: 'desk.dialResult.passedOn' },
};

function ask<Args, Reply>(
  name: string,
  args: z.ZodType<Args>,
  reply: z.ZodType<Reply>,
): WorkerQuestion<Args, Reply> {
  return { name: `desk.${name}`, args, reply };
}
