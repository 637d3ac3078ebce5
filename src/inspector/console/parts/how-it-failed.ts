import type { CallItem } from '../../../protocol/console-calls.ts';

/** How a call went wrong, as the beginning of a sentence that says why. A line that was lost is no failure of the engine's. */
export const howItFailed = ({ endReason }: Pick<CallItem, 'endReason'>) =>
  endReason === 'lost' ? 'This call was lost' : 'This call failed';
