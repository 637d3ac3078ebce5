import type { EventObject } from 'xstate';
import type { Exploration, Step } from '../../../src/testing/explore.ts';
import type { WalkNode } from './walk-tree.ts';
import { said } from './step-in-words.ts';

/**
 * A few steps of an exploration that have every trait that any of its steps has: greedy, those with most traits that are
 * missing first. Each with its way, from the beginning.
 *
 * @param known - traits that need no step any more.
 */
export function chosenWays(
  { steps, situations }: Exploration,
  traitsOf: (step: Step) => readonly string[],
  known: ReadonlySet<string>,
): EventObject[][] {
  const traits = new Map(steps.map((step) => [step, traitsOf(step).filter((trait) => !known.has(trait))]));
  const missing = new Set([...traits.values()].flat());
  const gainOf = (step: Step) => new Set(traits.get(step)?.filter((trait) => missing.has(trait))).size;
  const chosen: Step[] = [];
  let candidates = steps.map((step) => ({ step, gain: gainOf(step) })).filter(({ gain }) => gain > 0);
  // A gain only gets less: a step whose gain is what it was when it was sorted is the best.
  while (candidates.length > 0) {
    candidates.sort((one, other) => other.gain - one.gain);
    const best = candidates[0]?.gain ?? 0;
    for (const { step } of candidates) {
      if (gainOf(step) < best) continue;
      chosen.push(step);
      for (const trait of traits.get(step) ?? []) missing.delete(trait);
    }
    candidates = candidates.map(({ step }) => ({ step, gain: gainOf(step) })).filter(({ gain }) => gain > 0);
  }
  return chosen.map((step) => [...(situations.get(step.from)?.path ?? []), step].map(({ event }) => event));
}

/** The tree with ways that it did not have. */
export function grown({ event, does, then }: WalkNode, ways: readonly (readonly EventObject[])[]): WalkNode {
  const known = new Map(then.map((node) => [said(node.event), node]));
  const further = new Map<string, EventObject[][]>();
  for (const [first, ...rest] of ways) {
    if (first === undefined) continue;
    const name = said(first);
    further.set(name, [...(further.get(name) ?? []), rest]);
    if (!known.has(name)) known.set(name, { event: first, does: [], then: [] });
  }
  return { event, does, then: [...known].map(([name, node]) => grown(node, further.get(name) ?? [])) };
}
