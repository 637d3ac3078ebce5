/** Whose calls are not taken, as `/api/blocked` and `/api/refused-calls` tell it. */

import { z } from 'zod';
import { Instant } from './console-calls.ts';
import { REFUSAL_CAUSES, type RefusalCause } from './refusal-causes.ts';
import { pageOf } from './rest.ts';

export const BlockedNumber = z.strictObject({
  /** E.164. */
  phone: z.string(),
  blockedAt: Instant,
});
export type BlockedNumber = z.infer<typeof BlockedNumber>;

export const RefusedCall = z.strictObject({
  callSid: z.string(),
  /** E.164; null when it was withheld. */
  phone: z.string().nullable(),
  cause: z.enum(Object.keys(REFUSAL_CAUSES) as RefusalCause[]),
  refusedAt: Instant,
});
export type RefusedCall = z.infer<typeof RefusedCall>;

export const BlockedPage = pageOf(BlockedNumber);
export const RefusedPage = pageOf(RefusedCall);
