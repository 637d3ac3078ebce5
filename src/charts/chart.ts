import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { outsidePath } from '../protocol/state-path.ts';
import { placeOf, transitionKey } from '../observation/transition-key.ts';

/** A chart as plain data: what drawings, tables and the console are made of. */
export interface Chart {
  /** The machine's id. */
  readonly id: string;
  readonly root: ChartNode;
  readonly edges: readonly ChartEdge[];
}

export interface ChartNode {
  /** Full id, `call.conversing.listening`. */
  readonly id: string;
  /** Last part of the id. */
  readonly key: string;
  /** What the state is called outside, `conversing.listening`; empty for the root, and for what only holds regions. */
  readonly path: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Id of the child entered by default. */
  readonly initial: string | undefined;
  /** Children held while in the state: what each is, by its name in the ports. */
  readonly invokes: readonly string[];
  readonly children: readonly ChartNode[];
}

export interface ChartEdge {
  /** As in frames and coverage (`transition-key.ts`). */
  readonly key: string;
  readonly from: string;
  /** Id of the target; undefined when the state is not left. */
  readonly to: string | undefined;
  /** The event in a reader's words: `after connectWithin`, `run failed`. */
  readonly event: string;
  readonly kind: EdgeKind;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  /** Why it is there, where the chart says so: mostly of events that are taken and change nothing. */
  readonly note: string | undefined;
}

export type EdgeKind = 'event' | 'always' | 'after' | 'done' | 'error';

/**
 * Reads the chart out of a machine. Works on the object, not on the source, so
 * a chart may be spread over any number of files.
 */
export function chartOf(machine: AnyStateMachine): Chart {
  const nodes = nodesOf(machine);
  return {
    id: machine.id,
    root: chartNode(machine.root),
    edges: nodes.flatMap((node) => transitionsOf(node).flatMap((transition) => chartEdges(node, transition))),
  };
}

/** Every state of a machine, the root first, parents before children, in the order of the source. */
export function nodesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values<AnyStateNode>(node.states).flatMap(below),
  ];
  return below(machine.root);
}

/** Every transition that a state itself declares, `always` last. */
export function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
}

/** Every state below the root. */
export function statesOf({ root }: Chart): ChartNode[] {
  const below = (node: ChartNode): ChartNode[] => [node, ...node.children.flatMap(below)];
  return root.children.flatMap(below);
}

/** The name of an action or a guard as written in the chart; `inline` for a function without one. */
export function nameOf(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'object' && reference !== null && 'type' in reference)
    return String(reference.type);
  if (typeof reference !== 'function') return 'inline';
  const kind = 'type' in reference ? String(reference.type) : reference.name;
  return kind.replace(/^xstate\./, '') || 'inline';
}

function chartNode(node: AnyStateNode): ChartNode {
  const initial = node.type === 'compound' ? (node.initial.target[0] as AnyStateNode | undefined) : undefined;
  return {
    id: placeOf(node),
    key: node.key,
    path: outsidePath(node.path),
    type: node.type,
    initial: initial && placeOf(initial),
    invokes: node.invoke.map(({ src }) => nameOf(src)),
    children: Object.values<AnyStateNode>(node.states).map(chartNode),
  };
}

function chartEdges(node: AnyStateNode, transition: AnyTransitionDefinition): ChartEdge[] {
  const targets: (AnyStateNode | undefined)[] = [...(transition.target ?? [])];
  if (targets.length === 0) targets.push(undefined);
  return targets.map((to) => ({
    key: transitionKey(transition),
    from: placeOf(node),
    to: to && placeOf(to),
    ...eventInWords(transition.eventType as string, node),
    guard: transition.guard === undefined ? undefined : nameOf(transition.guard),
    actions: transition.actions.map(nameOf),
    note: transition.description,
  }));
}

/** XState's own event types, put as a reader would: `xstate.after.idleAfter.call.conversing` is `after idleAfter`. */
function eventInWords(type: string, node: AnyStateNode): Pick<ChartEdge, 'event' | 'kind'> {
  if (type === '') return { event: 'always', kind: 'always' };
  const [, what, rest] = /^xstate\.(after|done\.state|done\.actor|error\.actor)\.(.+)$/.exec(type) ?? [];
  if (what === undefined || rest === undefined) return { event: type, kind: 'event' };
  switch (what) {
    case 'after':
      return { event: `after ${delayInWords(rest.slice(0, -node.id.length - 1))}`, kind: 'after' };
    case 'done.state':
      return { event: 'done', kind: 'done' };
    case 'done.actor':
      return { event: `${rest} done`, kind: 'done' };
    default:
      return { event: `${rest} failed`, kind: 'error' };
  }
}

const delayInWords = (delay: string) => (/^\d+$/.test(delay) ? `${delay} ms` : delay);
