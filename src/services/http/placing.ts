import { REFUSAL_CAUSES } from '../../protocol/refusal-causes.ts';
import { IdempotencyKey, PlaceCallBody } from '../../protocol/rest.ts';
import type { Desk, Outbound } from '../desk/desk.ts';
import { PlacingRefused } from '../desk/placing-refused.ts';
import { json } from './answer.ts';
import { RequestProblem } from './problems.ts';
import { readBody } from './request-schema.ts';
import type { Handler } from './routes.ts';

export interface PlacingDeps {
  readonly desk: Desk;
  readonly outbound: Outbound;
  /** Open: the model would not serve the call. */
  readonly circuit: { readonly isOpen: boolean };
}

/** Places a call; with one `Idempotency-Key` only once. */
export function placing({ desk, outbound, circuit }: PlacingDeps): Handler {
  return async ({ body, headers }) => {
    const { to, agentId } = readBody(PlaceCallBody, body);
    const { success, data: key, error } = IdempotencyKey.optional().safeParse(headers['idempotency-key']);
    if (!success) {
      const message = error.issues[0]?.message ?? 'is invalid';
      throw new RequestProblem('REQUEST_INVALID', { detail: `Idempotency-Key: ${message}` });
    }
    if (desk.isDraining) throw new RequestProblem('UNAVAILABLE', { detail: 'the engine is draining' });
    if (circuit.isOpen) throw new RequestProblem('UNAVAILABLE', { detail: REFUSAL_CAUSES.model });
    const placed = await outbound
      .place({ to, agentId, ...(key !== undefined && { key }) })
      .catch((thrown: unknown) => {
        throw problemOf(thrown);
      });
    const answer = json(201, placed, { Location: `/api/calls/${placed.callSid}` });
    return { ...answer, findings: { callSid: placed.callSid, agentId } };
  };
}

/** What a refused placing is answered with; anything else as it is. */
function problemOf(thrown: unknown): unknown {
  if (!(thrown instanceof PlacingRefused)) return thrown;
  const { code, detail, retryAfterS } = thrown;
  const headers = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  return new RequestProblem(code, { detail, headers });
}
