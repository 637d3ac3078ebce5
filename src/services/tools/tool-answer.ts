import type { ErrorCode } from '../../errors.ts';
import type { PolicyRule } from './policy-rule.ts';

/** What a tool found, as fields the model can speak from. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What a tool says to its one request.
 *
 * - `ok`: done. `then` is what the call itself does next because of it.
 * - `refused`: nothing was done, because a rule of the business is against it. `reason` is a
 *   sentence the model can act on; `result` is what would be possible instead.
 * - `failed`: nothing was done, because something does not work. It may be asked again.
 * - `uncertain`: an effect may have happened. It is not tried again, not even when asked to.
 */
export type ToolAnswer =
  | { readonly status: 'ok'; readonly result: Fields; readonly then?: 'endCall' | 'transfer' }
  | {
      readonly status: 'refused';
      readonly reason: string;
      readonly result?: Fields;
      /** Set where the policy is against it, and not the business. */
      readonly rule?: PolicyRule;
    }
  | { readonly status: 'failed'; readonly error: ErrorCode; readonly reason?: string }
  | { readonly status: 'uncertain'; readonly reason: string; readonly error?: ErrorCode };

/** What the model is told of an effect of which nobody knows. */
export const MAYBE_DONE = 'It is not certain that it was done. Say so, and do not ask for it again.';

/** What the model is told where nothing can be written down, and so nothing may be done. */
export const NOT_NOW =
  'That cannot be done right now, and was not done. Say so, and offer to try again in a minute or to connect a person.';

/** Answer: the tool did it, with this result. */
export function done(result: Fields, then?: 'endCall' | 'transfer'): ToolAnswer {
  return then === undefined ? { status: 'ok', result } : { status: 'ok', result, then };
}

/** Answer: nothing was done, because a rule of the business forbids it. `result` is what would be possible instead. */
export function refuse(reason: string, result?: Fields): ToolAnswer {
  return result === undefined ? { status: 'refused', reason } : { status: 'refused', reason, result };
}

/** Answer: the policy forbids it. Nothing was done; it is counted, and a second breach costs the call its effects. */
export function forbid(rule: PolicyRule, reason: string): ToolAnswer {
  return { status: 'refused', reason, rule };
}

/** Answer: it is uncertain whether the tool did it. `reason` tells the model what to say of that. */
export function uncertain(reason: string, error: ErrorCode = 'TOOL_FAILED'): ToolAnswer {
  return { status: 'uncertain', reason, error };
}

/** Nothing was done. Without a reason of its own the model is given the table's text. */
export function fail(error: ErrorCode, reason?: string): ToolAnswer {
  return reason === undefined ? { status: 'failed', error } : { status: 'failed', error, reason };
}
