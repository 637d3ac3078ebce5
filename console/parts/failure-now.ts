import type { CallItem, ShownFailure } from '../../src/protocol/console-calls.ts';

type Looked = Pick<CallItem, 'state' | 'endReason' | 'failure'>;

/** States in which it is not known yet whether the model accepts the call. */
const UNDECIDED = new Set(['connecting', 'configuring']);

/**
 * Why calls fail now: the failure of the newest call whose outcome is known. Null when that call did not fail, or
 * ended for a reason of its own, such as a lost line.
 *
 * @param calls - newest first.
 */
export function failureNow(calls: readonly Looked[]): ShownFailure | null {
  const newest = calls.find(({ state }) => !UNDECIDED.has(state));
  return newest?.endReason === 'failed' ? newest.failure : null;
}
