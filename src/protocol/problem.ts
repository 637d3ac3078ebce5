import { z } from 'zod';
import { type ErrorCode, ERRORS } from '../errors.ts';

/** Where in the body or the query, and what is wrong there. */
export const ShownFieldProblem = z.strictObject({
  /** Dotted, as in `business.hours.0.from`; empty for the thing as a whole. */
  path: z.string(),
  message: z.string(),
});

/** A failed request as it is answered: RFC 9457, `application/problem+json`. */
export const Problem = z.strictObject({
  type: z.enum(Object.keys(ERRORS) as ErrorCode[]).describe('a code of docs/reference/errors.md'),
  title: z.string(),
  status: z.int().min(400).max(599).describe('as in the status line'),
  detail: z.string().optional(),
  errors: z.array(ShownFieldProblem).optional().describe('what is wrong, each with its place'),
  state: z.string().optional().describe('the state that the call is in, with `CONFLICT`'),
  id: z.string().optional().describe('under which the log says more, with a failure of the engine'),
});
export type Problem = z.infer<typeof Problem>;
