import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** A transition as a chart declares it, whatever short form it was written in. */
export interface Branch {
  target?: string[];
  guard?: unknown;
  actions: unknown[];
  reenter?: boolean;
}

export interface Invocation extends Record<string, unknown> {
  onDone?: Branch[];
  onError?: Branch[];
  onSnapshot?: Branch[];
}

/** A state as a chart declares it: each list is a list, also where the chart has one thing or none. */
export interface State {
  initial?: string | (Branch & { target: string[] });
  entry: unknown[];
  exit: unknown[];
  invoke: Invocation[];
  on: Record<string, Branch[]>;
  after: Record<string, Branch[]>;
  always?: Branch[];
  onDone?: Branch[];
  states: Record<string, State>;
}

/** The branches that a state has for one event, and where they stand. */
export interface Slot {
  readonly holder: Record<string, Branch[] | undefined>;
  readonly key: string;
  /** In a reader's words: `after connectWithin`, `run failed`. */
  readonly event: string;
  /** What XState made of them, one for each branch. */
  readonly definitions: readonly AnyTransitionDefinition[];
}

/** A copy of a machine's configuration that can be changed: nothing of it is shared, functions apart. */
export const configOf = (machine: AnyStateMachine): State => stateOf(machine.config as Given);

/** @throws {Error} when there is no such state. */
export function stateAt(root: State, path: readonly string[]): State {
  return path.reduce((state, key) => {
    const child = state.states[key];
    if (child === undefined) throw new Error(`no state "${path.join('.')}"`);
    return child;
  }, root);
}

/** Everything that a state itself takes. `node` is the state in the machine that `state` was copied from. */
export function slotsOf(state: State, node: AnyStateNode): Slot[] {
  const slot = (holder: object, key: string, event: string, type: string): Slot => ({
    holder: holder as Slot['holder'],
    key,
    event,
    definitions: type === '' ? (node.always ?? []) : (node.transitions.get(type) ?? []),
  });
  const slots = [
    ...Object.keys(state.on).map((event) => slot(state.on, event, event, event)),
    ...Object.keys(state.after).map((delay) =>
      slot(state.after, delay, `after ${delay}`, `xstate.after.${delay}.${node.id}`),
    ),
    slot(state, 'always', 'always', ''),
    slot(state, 'onDone', 'done', `xstate.done.state.${node.id}`),
    ...state.invoke.flatMap((invocation, at) => {
      const id = node.invoke[at]?.id ?? '';
      return [
        slot(invocation, 'onDone', `${id} done`, `xstate.done.actor.${id}`),
        slot(invocation, 'onError', `${id} failed`, `xstate.error.actor.${id}`),
        slot(invocation, 'onSnapshot', `${id} changed`, `xstate.snapshot.${id}`),
      ];
    }),
  ];
  return slots.filter(({ holder, key }) => holder[key] !== undefined);
}

type Given = Readonly<Record<string, unknown>>;

const isGiven = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(copyOf) : [copyOf(value)];

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isGiven(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

function branchOf(given: unknown): Branch {
  const { target, ...others } = isGiven(given) ? given : { target: given };
  return {
    ...(copyOf(others) as Given),
    ...(target !== undefined && { target: listOf(target) as string[] }),
    actions: listOf(others['actions']),
  };
}

/** No branch at all is one that takes the event and does nothing. */
const branchesOf = (given: unknown): Branch[] =>
  Array.isArray(given) ? given.map(branchOf) : [branchOf(given)];

const slotsGiven = (given: unknown): Record<string, Branch[]> =>
  Object.fromEntries(Object.entries((given ?? {}) as Given).map(([key, value]) => [key, branchesOf(value)]));

const reactions = (given: Given, keys: readonly string[]) =>
  Object.fromEntries(
    keys.filter((key) => given[key] !== undefined).map((key) => [key, branchesOf(given[key])]),
  );

function stateOf(given: Given): State {
  const { initial, entry, exit, invoke, on, after, states, ...others } = given;
  return {
    ...others,
    ...(initial !== undefined && { initial: isGiven(initial) ? branchOf(initial) : initial }),
    ...reactions(given, ['always', 'onDone']),
    entry: listOf(entry),
    exit: listOf(exit),
    invoke: listOf(invoke).map((invocation) => ({
      ...(invocation as Given),
      ...reactions(invocation as Given, ['onDone', 'onError', 'onSnapshot']),
    })),
    on: slotsGiven(on),
    after: slotsGiven(after),
    states: Object.fromEntries(
      Object.entries((states ?? {}) as Record<string, Given>).map(([key, state]) => [key, stateOf(state)]),
    ),
  } as State;
}
