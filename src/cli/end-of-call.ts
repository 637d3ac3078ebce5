import type { ShownFailure } from '../protocol/console-calls.ts';
import type { CallOutcome } from '../simulator/carrier/carrier-events.ts';
import { visible } from './visible-text.ts';

export interface EndOfCall {
  /** How the carrier's side saw it. */
  readonly outcome: CallOutcome;
  /** By the engine's record; undefined where that was not shown. */
  readonly endReason: string | undefined;
  readonly failure: ShownFailure | undefined;
}

/** What the user is told of a call that did not go well: one line, with the error's code and the remedy. Undefined when it did. */
export function complaintOf({ outcome, endReason, failure }: EndOfCall): string | undefined {
  const isBad = endReason === undefined ? outcome.status === 'failed' : /^(?:failed|lost)$/.test(endReason);
  if (!isBad) return undefined;
  const end = endReason === 'lost' ? 'the call was lost' : 'the call failed';
  if (failure === undefined) return `${end}, its record has no reason: see the engine's log`;
  const { code, cause, text, remedy } = failure;
  const named = cause === null ? text : `${text} (${cause})`;
  return visible(`${end}: ${code}: ${named}${remedy === null ? '' : `; ${remedy}`}`);
}
