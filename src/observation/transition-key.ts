import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Names a transition by where it stands in its chart: `machine:source|event|index`.
 *
 * The index tells guarded branches of one event apart. Nothing of the running
 * actor is in it, so the key is the same for a machine and for every
 * `machine.provide(...)` of it, in every process: frames, drawings and coverage
 * agree on it, and it may be stored.
 */
export function transitionKey(transition: AnyTransitionDefinition): string {
  const known = keys.get(transition);
  if (known !== undefined) return known;
  const key = keyOf(transition);
  keys.set(transition, key);
  return key;
}

/** A transition is taken many times, and its name is put together once. */
const keys = new WeakMap<AnyTransitionDefinition, string>();

function keyOf(transition: AnyTransitionDefinition): string {
  const source: AnyStateNode = transition.source;
  const eventType = transition.eventType as string;
  const branches = eventType === '' ? (source.always ?? []) : (source.transitions.get(eventType) ?? []);
  const event = eventType === '' ? 'always' : eventType;
  return `${source.machine.id}:${placeOf(source)}|${event}|${String(branches.indexOf(transition))}`;
}

/** Where a state stands in its chart, from the machine's id on: the same whether or not the chart gives it an id of its own. */
export const placeOf = ({ machine, path }: AnyStateNode): string => [machine.id, ...path].join('.');
