import { carriedNumberOf } from '../../protocol/carried-number.ts';
import type { AcceptedCall } from '../../protocol/accepted-call.ts';

/**
 * Which number a person is shown whom a caller is connected with: one of the account. What the caller dialled where that is
 * one, else the engine's own.
 */
export function callerIdOf(
  { direction, from, to }: Pick<AcceptedCall, 'direction' | 'from' | 'to'>,
  ownNumber: string | undefined,
): { callerId?: string } {
  const callerId = carriedNumberOf(direction === 'inbound' ? to : from) ?? ownNumber;
  return callerId === undefined ? {} : { callerId };
}
