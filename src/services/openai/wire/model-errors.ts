/**
 * What an `error` event means. By itself it never ends a call.
 * Source: the codes that the service and its clients report; there is no closed list.
 */

import { isFinalRefusal } from './model-socket.ts';

/** Key, account, model or protocol are wrong: no session of this operator will work, now or in a minute. */
const FATAL: ReadonlySet<string> = new Set([
  'beta_api_shape_disabled',
  'invalid_api_key',
  'model_not_found',
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_hard_limit_reached',
  'account_deactivated',
]);

/** Two ends that act at once, and nothing lost by it. */
const RACES: ReadonlySet<string> = new Set([
  'conversation_already_has_active_response',
  'response_cancel_not_active',
  'input_audio_buffer_commit_empty',
  'unsupported_content_type',
  'item_truncate_invalid_item_id',
  'item_delete_invalid_item_id',
  'item_not_found',
]);

export function isFatal(code: string | null | undefined): code is string {
  return typeof code === 'string' && FATAL.has(code);
}

/** The same of the cause of a refusal, which may be the answer to the upgrade. */
export const isFinalCause = (cause: string): boolean =>
  isFatal(cause) || isFinalRefusal(Number(/^http_(\d{3})$/.exec(cause)?.[1]));

/** The session has lasted as long as one may. What comes next has to be said in another one. */
export const SESSION_EXPIRED = 'session_expired';

/** True for an error of two sides that acted at once: normal, and not worth an operator's look. */
export function isRace(code: string | undefined): boolean {
  return code !== undefined && RACES.has(code);
}
