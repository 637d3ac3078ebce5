import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { nameOf } from './chart.ts';

/** A state as `createMachine` takes it, as plain data: what it does and asks is referred to by name. */
export interface StateConfig {
  /** Where the chart gives it one of its own. */
  readonly id?: string;
  readonly description?: string;
  readonly type?: 'parallel' | 'final' | 'history';
  readonly initial?: string;
  readonly entry?: readonly string[];
  readonly exit?: readonly string[];
  readonly invoke?: readonly InvokeConfig[];
  readonly always?: readonly TransitionConfig[];
  readonly on?: TransitionsConfig;
  readonly after?: TransitionsConfig;
  readonly onDone?: readonly TransitionConfig[];
  readonly states?: Readonly<Record<string, StateConfig>>;
}

/** A whole machine: `createMachine` of XState 5 and Stately's editor take it. */
export interface ChartConfig extends StateConfig {
  readonly id: string;
}

export interface InvokeConfig {
  readonly id: string;
  readonly src: string;
  readonly onDone?: readonly TransitionConfig[];
  readonly onError?: readonly TransitionConfig[];
}

export interface TransitionConfig {
  readonly description?: string;
  /** `#` and the full id of the state. */
  readonly target?: string | readonly string[];
  readonly guard?: string;
  readonly actions?: readonly string[];
  readonly reenter?: true;
}

/** By event, or by delay. The first whose guard holds is taken. */
type TransitionsConfig = Readonly<Record<string, readonly TransitionConfig[]>>;

/**
 * Writes a machine down as plain data. Works on the object, not on the source,
 * so the file is whole wherever the states of a chart are written.
 */
export function configOf(machine: AnyStateMachine): ChartConfig {
  return { id: machine.id, ...stateConfig(machine.root) };
}

function stateConfig(node: AnyStateNode): StateConfig {
  const answered = (what: 'done' | 'error', id: string) => node.transitions.get(`xstate.${what}.actor.${id}`);
  /** What XState tells is written where it comes from, if that is a place in the chart: a child that is spawned has none. */
  const isWrittenElsewhere = (type: string) =>
    /^xstate\.(?:after|done\.state)\./.test(type) ||
    node.invoke.some(({ id }) => type === `xstate.done.actor.${id}` || type === `xstate.error.actor.${id}`);
  const invoke = node.invoke.map(({ id, src }) => ({
    id,
    src: nameOf(src),
    ...written('onDone', transitionsConfig(answered('done', id))),
    ...written('onError', transitionsConfig(answered('error', id))),
  }));
  const initial =
    node.type === 'compound' ? (node.initial.target[0] as AnyStateNode | undefined)?.key : undefined;
  return {
    ...written('id', node.parent === undefined ? undefined : node.config.id),
    ...written('description', node.description),
    ...(node.type === 'atomic' || node.type === 'compound' ? {} : { type: node.type }),
    ...written('initial', initial),
    // As written: to the node's own lists XState adds what starts and stops its timers.
    ...written('entry', [node.config.entry ?? []].flat().map(nameOf)),
    ...written('exit', [node.config.exit ?? []].flat().map(nameOf)),
    ...written('invoke', invoke),
    ...written('always', transitionsConfig(node.always)),
    ...written(
      'on',
      transitionsBy(node, (type) => (isWrittenElsewhere(type) ? undefined : type)),
    ),
    ...written(
      'after',
      transitionsBy(node, (type) => delayOf(type, node.id)),
    ),
    ...written('onDone', transitionsConfig(node.transitions.get(`xstate.done.state.${node.id}`))),
    ...written(
      'states',
      Object.fromEntries(
        Object.entries<AnyStateNode>(node.states).map(([key, child]) => [key, stateConfig(child)]),
      ),
    ),
  };
}

/** `xstate.after.idleAfter.call.conversing` is the delay `idleAfter` of `call.conversing`. */
function delayOf(type: string, id: string): string | undefined {
  const prefix = 'xstate.after.';
  return type.startsWith(prefix) ? type.slice(prefix.length, -id.length - 1) : undefined;
}

/** The transitions of the events that have a name by `keyOf`. */
function transitionsBy(node: AnyStateNode, keyOf: (type: string) => string | undefined): TransitionsConfig {
  return Object.fromEntries(
    [...node.transitions].flatMap(([type, transitions]) => {
      const key = keyOf(type);
      return key === undefined ? [] : [[key, transitionsConfig(transitions)]];
    }),
  );
}

const transitionsConfig = (transitions: readonly AnyTransitionDefinition[] = []): TransitionConfig[] =>
  transitions.map(transitionConfig);

function transitionConfig({
  target,
  guard,
  actions,
  reenter,
  description,
}: AnyTransitionDefinition): TransitionConfig {
  const ids = (target ?? []).map(({ id }: AnyStateNode) => `#${id}`);
  return {
    ...written('description', description),
    ...written('target', ids.length === 1 ? ids[0] : ids),
    ...written('guard', guard === undefined ? undefined : nameOf(guard)),
    ...written('actions', actions.map(nameOf)),
    ...(reenter ? { reenter } : {}),
  };
}

/** A field, unless there is nothing to write into it. */
function written<Key extends string, Value extends string | object>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  const isNothing = value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  return (isNothing ? {} : { [key]: value }) as Partial<Record<Key, Value>>;
}
