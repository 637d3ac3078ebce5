/** The queries of the console's routes, as they stand in an address. A value that is there but empty reads as absent. */

import { z } from 'zod';
import { TestCalls } from './console-analytics.ts';
import { PageQuery } from './rest.ts';

const absentWhenEmpty = (text: unknown) => (text === '' ? undefined : text);

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(absentWhenEmpty, schema.optional());

const StatePath = z
  .string()
  .regex(/^[A-Za-z]+(\.[A-Za-z]+)*$/, 'must be a state, such as conversing.listening');
const Name = z.string().max(200);

/** A number as people write it: only its digits are looked at. */
const Digits = z
  .string()
  .regex(/^[\d\s+().-]*$/, 'must be digits of a phone number')
  .transform((text) => text.replaceAll(/\D/g, ''))
  .pipe(z.string().regex(/^\d{3,15}$/, 'must hold 3 to 15 digits'));

const DAY_MS = 86_400_000;
const WHEN = 'must be a date, such as 2026-11-25, or an ISO 8601 time with its zone';

/** An instant in ms since the Unix epoch. A date alone is its beginning in UTC, or with `isEnd` its end. */
const when = (isEnd: boolean) =>
  z.union([
    z.iso.date(WHEN).transform((date) => Date.parse(date) + (isEnd ? DAY_MS : 0)),
    z.iso.datetime({ offset: true, error: WHEN }).transform((instant) => Date.parse(instant)),
  ]);

/** `GET /api/calls`. */
export const CallsQuery = PageQuery.extend({
  state: optional(StatePath.describe('`ended`, or a state path or the beginning of one')),
  q: optional(z.string().max(200).describe('words that were said, all of them')),
  number: optional(Digits.describe('digits of either number')),
  agent: optional(Name.describe('id of the agent')),
  visited: optional(StatePath.describe('a state that the call has been in')),
  tool: optional(Name.describe('a tool that was called')),
  endReason: optional(
    z
      .string()
      .regex(/^[a-z_]+$/, 'must be an end reason, such as caller_hung_up')
      .describe('why it ended'),
  ),
  from: optional(when(false).describe('began then or later; a date is in UTC')),
  to: optional(when(true).describe('began before then; of a date, the whole day is included')),
  tests: optional(TestCalls.describe('what becomes of calls that try the engine; included when not given')),
});

/** `GET /api/calls/:callSid/transcript`. */
export const TranscriptQuery = z.object({
  unheard: optional(
    z
      .enum(['true', 'false'], 'must be true or false')
      .describe('whether words of the agent that were not heard are told beside those that were'),
  ),
});

/** `GET /api/calls/:callSid/events`. */
export const EventsQuery = z.object({
  bodies: optional(
    z
      .enum(['redacted', 'full'], 'must be redacted or full')
      .describe('whole rows; redacted ones have dots for letters and digits'),
  ),
  after: optional(
    z
      .string()
      .regex(/^\d{1,9}$/, 'must be the seq of a row')
      .transform(Number)
      .pipe(z.int().min(0).max(999_999_999))
      .describe('only rows beyond this seq'),
  ),
});

/** `GET /api/calls/:callSid/export`. */
export const ExportQuery = z.object({
  words: z.preprocess(
    absentWhenEmpty,
    z
      .enum(['masked', 'full'], 'must be masked or full')
      .default('masked')
      .describe('`masked`: words, digits and numbers are dots'),
  ),
});

const DaysQuery = z.object({
  from: optional(z.iso.date('must be a date, such as 2026-11-25').describe('first day, in UTC')),
  to: optional(z.iso.date('must be a date, such as 2026-11-25').describe('last day, in UTC, included')),
  agent: optional(Name.describe('id of the agent')),
  tests: z.preprocess(
    absentWhenEmpty,
    TestCalls.default('exclude').describe('what becomes of calls that try the engine'),
  ),
});

/** `GET /api/analytics`: days in UTC, both included. */
export const AnalyticsQuery = DaysQuery;

/** `GET /api/analytics/calls`. */
export const TakersQuery = PageQuery.extend(DaysQuery.shape).extend({
  transition: z
    .string('must be the id of a transition')
    .min(1, 'must be the id of a transition')
    .max(300)
    .describe('key of a transition, as in `taken` of rows'),
});

/** The days of a range as instants: `from` its first moment, `to` the moment after its last. */
export function instantsOf({ from, to }: { from?: string | undefined; to?: string | undefined }) {
  return {
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) + DAY_MS }),
  };
}
