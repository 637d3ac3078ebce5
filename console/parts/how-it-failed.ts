import type { CallItem } from '../../src/protocol/console-calls.ts';

/** How a call went wrong, as the start of a sentence that says why. A lost line is not the fault of the engine. */
export const howItFailed = ({ endReason }: Pick<CallItem, 'endReason'>) =>
  endReason === 'lost' ? 'This call was lost' : 'This call failed';
