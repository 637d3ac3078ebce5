import type { ToolOutcome } from '../../../machines/call/call.events.ts';

/** `answer`: nothing is written. `keep`: the outcome stands for ever. `forget`: nothing was done, and it may be asked for again. */
type Conclusion =
  | { readonly step: 'answer'; readonly outcome: ToolOutcome }
  | { readonly step: 'keep' | 'forget'; readonly tool: string };

/**
 * What becomes of an intent with an outcome: the first final one stands, and is answered whatever comes later. Without
 * an intent there is nothing that could be done twice.
 *
 * @param known - the intent, and what it came to so far; undefined when it is not there, or was forgotten.
 */
export function conclusionOf(
  known: { readonly tool: string; readonly outcome: ToolOutcome | undefined } | undefined,
  { outcome, isFinal }: { readonly outcome: ToolOutcome; readonly isFinal: boolean },
): Conclusion {
  if (known === undefined) return { step: 'answer', outcome };
  if (known.outcome !== undefined) return { step: 'answer', outcome: known.outcome };
  return { step: isFinal ? 'keep' : 'forget', tool: known.tool };
}
