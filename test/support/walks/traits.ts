import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  getStateNodes,
  type StateValue,
} from 'xstate';
import { transitionKey } from '../../../src/observation/transition-key.ts';
import { inWords, said } from './step-in-words.ts';
import type { WalkedStep } from './walker.ts';

/**
 * What is particular to a step: what each state that is asked makes of the event, in each of its kinds, and, with each
 * transition that is taken, everything that the step does.
 */
export function traitsOf(machine: AnyStateMachine, step: WalkedStep): string[] {
  const { before, event, taken } = step;
  if (before === undefined) return [];
  const does = inWords(before, event, step);
  return [
    ...taken.flatMap((key) => does.map((line) => `${key} => ${line.replace(/ [{["\d].*$/, '')}`)),
    ...answersOf(machine, before, event.type, new Set(taken)).map((answer) => `${answer}: ${said(event)}`),
  ];
}

/** Of each state that was asked, innermost first: the transition that it took, or that it took none. */
function answersOf(
  { root }: AnyStateMachine,
  { value }: AnyMachineSnapshot,
  type: string,
  taken: ReadonlySet<string>,
): string[] {
  const active = new Set<AnyStateNode>(getStateNodes(root, value as StateValue));
  const below = (node: AnyStateNode): { readonly answers: string[]; readonly isTaken: boolean } => {
    const inner = Object.values<AnyStateNode>(node.states)
      .filter((child) => active.has(child))
      .map(below);
    const answers = inner.flatMap((each) => each.answers);
    const isTaken = inner.some((each) => each.isTaken);
    const own = node.transitions.get(type);
    if (own === undefined || (isTaken && node.type !== 'parallel')) return { answers, isTaken };
    const key = own.map(transitionKey).find((each) => taken.has(each));
    return {
      answers: [...answers, key ?? `${node.id} leaves ${type}`],
      isTaken: isTaken || key !== undefined,
    };
  };
  return below(root).answers;
}
