import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { nameOf, nodesOf, transitionsOf } from '../charts/chart.ts';

/**
 * What neither the compiler nor `createMachine` checks of a chart, each as a
 * sentence that names the place. An empty list means a sound chart.
 *
 * The nastiest of them is a delay whose name is mistyped: its timer fires at once.
 */
export function lintChart(machine: AnyStateMachine): string[] {
  return new ChartLint(machine).run();
}

/**
 * States in which a call could rest for ever: nothing times them out, neither in
 * the state itself nor in one that holds it (the root's limits do not count: they
 * are for the whole call).
 *
 * @param region - id of the state that is looked into, where the chart has regions of which one moves all others on.
 *   The whole chart otherwise.
 */
export function unboundedStates(machine: AnyStateMachine, region?: string): string[] {
  const root = region === undefined ? machine.root : machine.getStateNodeById(region);
  const isBounded = (node: AnyStateNode): boolean =>
    hasWayOutByItself(node) || (node.parent !== undefined && node.parent !== root && isBounded(node.parent));
  return nodesOf(machine)
    .filter((node) => node.type === 'atomic' && isWithin(node, root) && !isBounded(node))
    .map(({ id }) => id);
}

const isWithin = (node: AnyStateNode, root: AnyStateNode): boolean =>
  node === root || (node.parent !== undefined && isWithin(node.parent, root));

const hasWayOutByItself = (node: AnyStateNode) =>
  (node.always ?? []).some(({ guard }) => guard === undefined) ||
  transitionsOf(node).some(
    ({ eventType, target, actions }) =>
      String(eventType).startsWith('xstate.after.') && (target !== undefined || actions.length > 0),
  );

type Kind = 'actions' | 'guards' | 'actors' | 'delays';

/** What XState hangs on the functions that `sendTo`, `raise`, `spawnChild` and their like return. */
interface BuiltIn {
  readonly type?: unknown;
  readonly to?: unknown;
  readonly delay?: unknown;
  readonly src?: unknown;
  readonly id?: unknown;
  readonly guards?: readonly unknown[];
}

class ChartLint {
  readonly #nodes: AnyStateNode[];
  readonly #known: Readonly<Record<Kind, ReadonlyMap<string, unknown>>>;
  /** Ids of the children that the chart invokes or spawns by a fixed name. */
  readonly #children: ReadonlySet<string>;
  readonly #problems: string[] = [];

  constructor(machine: AnyStateMachine) {
    const { actions, guards, actors, delays } = machine.implementations;
    this.#nodes = nodesOf(machine);
    this.#known = {
      actions: new Map<string, unknown>(Object.entries(actions)),
      guards: new Map<string, unknown>(Object.entries(guards)),
      actors: new Map<string, unknown>(Object.entries(actors)),
      delays: new Map<string, unknown>(Object.entries(delays)),
    };
    this.#children = new Set([
      ...this.#nodes.flatMap(({ invoke }) => invoke.map(({ id }) => id)),
      ...Object.values<unknown>(actions).flatMap((action) => {
        const { type, id } = builtIn(action);
        return type === 'xstate.spawnChild' && typeof id === 'string' ? [id] : [];
      }),
    ]);
  }

  run(): string[] {
    for (const node of this.#nodes) {
      this.#checkInvokes(node);
      this.#checkInitial(node);
      for (const action of [...node.entry, ...node.exit]) this.#checkAction(node.id, action);
      for (const transition of transitionsOf(node)) this.#checkTransition(node, transition);
      this.#checkWaysOut(node);
    }
    this.#checkWaysIn();
    return this.#problems;
  }

  #note(where: string, problem: string): void {
    this.#problems.push(`${where}: ${problem}`);
  }

  #checkInvokes(node: AnyStateNode): void {
    for (const { id, src, systemId } of node.invoke) {
      const name = typeof src === 'string' ? src : nameOf(src);
      // XState makes up an id from the place in the chart.
      if (/^\d+\./.test(id)) this.#note(node.id, `the invoked "${name}" has no id`);
      if (systemId !== undefined) this.#note(node.id, `the invoked "${name}" has a systemId: use its id`);
      if (typeof src === 'string' && !this.#known.actors.has(src)) {
        this.#note(
          node.id,
          src.startsWith('xstate.invoke.')
            ? 'an invoked actor has no name'
            : `actor "${src}" is not declared`,
        );
      }
    }
  }

  #checkInitial(node: AnyStateNode): void {
    if (node.type !== 'compound') return;
    try {
      if (node.initial.target.length === 0) this.#note(node.id, 'has no initial state');
    } catch (thrown) {
      this.#note(node.id, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  #checkAction(where: string, action: unknown): void {
    const name = referenceOf(action);
    const implementation = name === undefined ? action : this.#known.actions.get(name);
    if (implementation === undefined) {
      this.#note(where, `action "${String(name)}" is not declared`);
      return;
    }
    const { type, to, delay, src } = builtIn(implementation);
    if (type === undefined && name === undefined) this.#note(where, 'an action has no name');
    if (
      type === 'xstate.sendTo' &&
      typeof to === 'string' &&
      !to.startsWith('#_') &&
      !this.#children.has(to)
    ) {
      this.#note(where, `sends to "${to}", but no child has that id`);
    }
    if (type === 'xstate.spawnChild' && typeof src === 'string' && !this.#known.actors.has(src)) {
      this.#note(where, `spawns "${src}", which is not declared`);
    }
    if (typeof delay === 'string' && !this.#known.delays.has(delay)) {
      this.#note(where, `delay "${delay}" is not declared: it would fire at once`);
    }
  }

  #checkTransition(node: AnyStateNode, { eventType, actions, guard }: AnyTransitionDefinition): void {
    const event = String(eventType) || 'always';
    const where = `${node.id} on ${event}`;
    for (const action of actions) this.#checkAction(where, action);
    this.#checkGuard(where, guard);
    if (event === '*') this.#note(where, 'takes every event, errors of its children too');
    if (event.startsWith('xstate.done.state.') && !canBeDone(node))
      this.#note(where, 'is never done: no final state');
  }

  #checkGuard(where: string, guard: unknown): void {
    if (guard === undefined) return;
    const name = referenceOf(guard);
    if (name !== undefined) {
      if (!this.#known.guards.has(name)) this.#note(where, `guard "${name}" is not declared`);
      return;
    }
    const { guards } = builtIn(guard);
    if (guards !== undefined) for (const inner of guards) this.#checkGuard(where, inner);
    else if (!('check' in Object(guard))) this.#note(where, 'a guard has no name');
  }

  #checkWaysOut(node: AnyStateNode): void {
    const canLeave = (at: AnyStateNode | undefined): boolean =>
      at !== undefined && (at.transitions.size > 0 || (at.always ?? []).length > 0 || canLeave(at.parent));
    if (node.type === 'atomic' && !canLeave(node)) this.#note(node.id, 'is a dead end that is not final');
  }

  #checkWaysIn(): void {
    const entered = new Set<string>();
    const enter = (node: AnyStateNode | undefined): void => {
      for (let at = node; at !== undefined; at = at.parent) entered.add(at.id);
    };
    for (const node of this.#nodes) {
      if (node.parent?.type === 'parallel') enter(node);
      if (node.type === 'compound') enter(initialOf(node));
      for (const { target } of transitionsOf(node)) (target ?? []).forEach(enter);
    }
    for (const node of this.#nodes) {
      if (node.parent !== undefined && node.type !== 'history' && !entered.has(node.id)) {
        this.#note(node.id, 'no transition leads here');
      }
    }
  }
}

/** The name by which a chart refers to an action or a guard; undefined when it stands there itself. */
function referenceOf(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference;
  if (typeof reference !== 'object' || reference === null || !('type' in reference)) return undefined;
  return String(reference.type);
}

const builtIn = (action: unknown): BuiltIn => (typeof action === 'function' ? (action as BuiltIn) : {});

const canBeDone = (node: AnyStateNode): boolean =>
  node.type === 'parallel'
    ? Object.values<AnyStateNode>(node.states).every(canBeDone)
    : Object.values<AnyStateNode>(node.states).some(({ type }) => type === 'final');

function initialOf(node: AnyStateNode): AnyStateNode | undefined {
  try {
    return node.initial.target[0] as AnyStateNode | undefined;
  } catch {
    return undefined; // Told by the check of initial states.
  }
}
