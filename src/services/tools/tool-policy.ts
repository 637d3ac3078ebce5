import type { ToolPolicy } from './define-tool.ts';

/** A policy as it is written down by a business, in a file of its own tools or in its profile (`profile-tools.ts`): only what it is, and what differs from the careful choice. */
export interface WrittenPolicy {
  /** `reads` run side by side; an `effect` waits for the effect before it in the same call. */
  readonly kind: 'reads' | 'effect';
  /** Which requests of a call mean the same, and are done once. Effects: those with equal `arguments`. Reads: `none`. */
  readonly once?: 'call' | 'arguments' | 'none' | undefined;
  /** Whether it is finished when the caller hangs up meanwhile. Effects are, reads are not. */
  readonly outlivesCall?: boolean | undefined;
  /** Whether the caller must hear the details and say yes before it is asked for. Effects need that, reads do not. */
  readonly needsReadBack?: boolean | undefined;
}

/** The whole policy. What was not said is chosen as if the tool could do harm. */
export function policyOf({ kind, once, outlivesCall, needsReadBack }: WrittenPolicy): ToolPolicy {
  const isEffect = kind === 'effect';
  return {
    kind,
    once: once ?? (isEffect ? 'arguments' : 'none'),
    outlivesCall: outlivesCall ?? isEffect,
    needsReadBack: needsReadBack ?? isEffect,
    isWayOut: false,
  };
}
