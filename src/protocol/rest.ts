/**
 * The bodies and queries that our own API takes. What it answers with are the
 * rows of the journal, as `services/storage/journal.port.ts` names them.
 */

import { z } from 'zod';

const E164 = z.string().regex(/^\+[1-9]\d{7,14}$/, 'must be E.164, for example +12025550100');

/** A number as part of an address. */
export const PhoneParam = E164;

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
      .pipe(z.number().min(1, LIMIT).max(200, LIMIT))
      .default(50),
  ),
  /** Opaque: what `nextCursor` said. */
  cursor: z.preprocess(absentWhenEmpty, z.string().max(512).optional()),
});

export const CalendarQuery = z.object({
  /** Bookings of one agent only. */
  agentId: z.preprocess(absentWhenEmpty, z.string().max(64).optional()),
});
