import { z } from 'zod';

/** Whose call it is: known when it is accepted, and the same to its end. Every other shape of a call adds to it. */
export interface AcceptedCall {
  readonly callSid: string;
  readonly agentId: string;
  readonly direction: 'inbound' | 'outbound';
  /** As the carrier says it: E.164, or a word such as `anonymous`, or nothing. Spoofable: it proves nothing about a person. */
  readonly from: string;
  readonly to: string;
  /** Placed to try the engine: left out of figures. Nothing else is different. */
  readonly isTest?: boolean;
}

/** The same as a schema: of the row `call.accepted`, and by its fields of what is told of a call. */
export const AcceptedCall = z.object({
  callSid: z.string(),
  agentId: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  from: z.string(),
  to: z.string(),
  isTest: z.boolean().exactOptional(),
}) satisfies z.ZodType<AcceptedCall>;
