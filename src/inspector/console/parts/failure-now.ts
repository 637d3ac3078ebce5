import type { CallItem, ShownFailure } from '../../../protocol/console-calls.ts';

type Looked = Pick<CallItem, 'state' | 'endReason' | 'failure'>;

/** Of calls that are in these it is not known yet whether the model takes them. */
const UNDECIDED = new Set(['connecting', 'configuring']);

/**
 * What calls fail of now: what the newest one failed of whose outcome is known; null when that one came through, or
 * failed in a way that is its own affair, as a line that was lost is.
 *
 * @param calls - newest first.
 */
export function failureNow(calls: readonly Looked[]): ShownFailure | null {
  const newest = calls.find(({ state }) => !UNDECIDED.has(state));
  return newest?.endReason === 'failed' ? newest.failure : null;
}
