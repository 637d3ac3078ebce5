/** What `GET /api/analytics` tells of many calls: sums of folds of their logs. */

import { z } from 'zod';

/** A distribution in ms; values are within 5 %. Null without any. */
const Spread = z.strictObject({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

const Count = z.int();

/** What becomes of test calls in figures and lists: left out, counted like others, or looked at alone. */
export const TestCalls = z.enum(['exclude', 'include', 'only'], 'must be exclude, include or only');
export type TestCalls = z.infer<typeof TestCalls>;

export const UsageSums = z.strictObject({
  inputTextTokens: Count,
  inputAudioTokens: Count,
  cachedTokens: Count,
  outputTextTokens: Count,
  outputAudioTokens: Count,
  /** Seconds of audio transcribed. */
  transcribedSeconds: z.number(),
});
export type UsageSums = z.infer<typeof UsageSums>;

export const Analytics = z.strictObject({
  /** Days that were asked for, in UTC, both included; null: from the first, to the last. */
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
  agent: z.string().nullable(),
  tests: TestCalls,
  /** Ended calls that are counted here. */
  calls: Count,
  /** Ended calls that are not counted yet, of any day: ask again. */
  pending: Count,
  durations: Spread.extend({ totalMs: z.number(), averageMs: z.number().nullable() }),
  /** From the caller's silence to the agent being heard. `atLeast` of the turns may have been waited for longer: nobody told since when the caller was silent. */
  latency: Spread.extend({ turns: Count, atLeast: Count }),
  endReasons: z.array(z.strictObject({ reason: z.string(), count: Count })),
  perDay: z.array(z.strictObject({ day: z.iso.date(), calls: Count, totalMs: z.number() })),
  bargeIns: z.strictObject({ total: Count, callsWithAny: Count }),
  tools: z.array(
    z.strictObject({
      name: z.string(),
      calls: Count,
      /** How they settled: `ok`, `failed`, `timedOut`, `refused`, `cancelled`. */
      outcomes: z.record(z.string(), Count),
    }),
  ),
  /** What the models counted, summed. Prices are the operator's contract and are not known here. */
  usage: UsageSums,
  /** Calls by the language that the caller spoke last, BCP 47; only those where it is known. */
  languages: z.array(z.strictObject({ language: z.string(), calls: Count })),
  /** How often each transition was taken; those never taken are not in it. */
  transitions: z.array(z.strictObject({ id: z.string(), count: Count, calls: Count })),
  states: z.array(Spread.extend({ path: z.string(), visits: Count })),
  /** Transitions of today's chart that no call took. */
  neverTaken: z.array(z.string()),
  /** Facts that came in a state which does not take them. */
  untaken: z.array(z.strictObject({ event: z.string(), state: z.string(), count: Count })),
});
export type Analytics = z.infer<typeof Analytics>;

/** `GET /api/analytics/calls?transition=ID`: calls that took a transition, newest first. Items as in `GET /api/calls`. */
