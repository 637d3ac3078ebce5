/** The bodies and queries that our own API takes, and the answers that are of no page of the console. */

import { z } from 'zod';
import { COMMAND_NAMES } from './console-commands.ts';

const E164 = z.string().regex(/^\+[1-9]\d{7,14}$/, 'must be E.164, for example +12025550100');

/** A number as part of an address. */
export const PhoneParam = E164.describe('a number, E.164');

/** What a call is named by, as part of an address. */
export const CallSidParam = z.string().describe('the call, as the carrier names it');

/** What a chart is named by, as part of an address. */
export const MachineIdParam = z.string().describe('`call`, `session` or `toolCall`');

/** Headers of reads: which bytes are wanted (RFC 9110, 14.2), and what whoever asks has already (13.1.2). */
export const RangeHeader = z.string().describe('bytes of the file, such as `bytes=0-1023`');
export const EntityTags = z.string().describe('the `ETag` of the last answer');

/** The header of a request that means the same as another one with the same key. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters')
  .describe('requests with one key place one call');

/** What an operator can have said or told in one go; a minute of speech is about 900 characters. */
const Words = z.string().trim().min(1, 'must hold something to say').max(2000);

export const PlaceCallBody = z.strictObject({
  to: E164.describe('the number to call'),
  agentId: z.string().min(1).default('default').describe('the agent that speaks'),
});
export const TransferBody = z.strictObject({
  // Its rules are the desk's: whoever breaks one is told which.
  to: z
    .string()
    .max(64)
    .optional()
    .describe("a number, E.164; the profile's escalation number when not given"),
});
export const SayBody = z.strictObject({ text: Words.describe('the agent says this next') });
export const WhisperBody = z.strictObject({
  text: Words.describe('the agent is told this; the caller is not'),
});
export const MuteBody = z.strictObject({
  muted: z.boolean().describe('whether the agent is silent for the caller'),
});
export const RecordingBody = z.strictObject({
  paused: z.boolean().describe('whether what is said is kept out of the recording'),
});
/** A command that takes nothing; an empty object is nothing. */
export const EmptyBody = z.strictObject({});

/** 202: the call has been told, not that it is done. */
export const CommandTaken = z.strictObject({ callSid: z.string(), command: z.enum(COMMAND_NAMES) });

/** `GET /healthz` and `GET /readyz`: constant, for whoever asks. */
export const Alive = z.strictObject({ status: z.literal('ok') });
export const Ready = z.strictObject({ status: z.literal('ready') });

/** A query value that is there but empty reads as absent, so that a form with empty fields is a valid one. */
const absentWhenEmpty = (text: unknown) => (text === '' ? undefined : text);

const LIMIT = 'must be a whole number from 1 to 200';

export const PageQuery = z.object({
  limit: z.preprocess(
    absentWhenEmpty,
    z
      .string()
      .regex(/^\d{1,3}$/, LIMIT)
      .transform(Number)
      .pipe(z.int().min(1, LIMIT).max(200, LIMIT))
      .default(50)
      .describe('items of a page'),
  ),
  cursor: z.preprocess(
    absentWhenEmpty,
    z.string().max(512).optional().describe('opaque: what `nextCursor` said'),
  ),
});

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    /** Opaque; null on the last page. */
    nextCursor: z.string().nullable(),
  });

export const CalendarQuery = z.object({
  agentId: z.preprocess(
    absentWhenEmpty,
    z.string().max(64).optional().describe('bookings of this agent only'),
  ),
});
