import { ERRORS } from '../../errors.ts';
import type { ShownFailure } from '../../protocol/console-calls.ts';
import { remedyOf } from '../../remedies.ts';
import type { CallFailure } from '../storage/calls.port.ts';

/** Why a call failed, in words, and what to do about it; null where it did not, or nobody said why. */
export function shownFailure(failure: CallFailure | null | undefined): ShownFailure | null {
  if (failure === undefined || failure === null) return null;
  const { code, cause } = failure;
  const remedy = remedyOf({ code, ...(cause !== null && { cause }) });
  return { code, cause, text: ERRORS[code].text, remedy: remedy ?? null };
}
