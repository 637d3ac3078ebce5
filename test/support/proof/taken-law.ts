import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition, StateValue } from 'xstate';
import { nodesOf, transitionsOf } from '../../../src/charts/chart.ts';
import { transitionKey } from '../../../src/observation/transition-key.ts';
import { floorOf } from '../../../src/protocol/state-path.ts';

/** What the law asks of a row. */
export interface TakenRow {
  readonly from: string;
  readonly event: string;
  readonly state: string;
  readonly taken: readonly string[] | null;
  /** Of a row with which a chart begins: where each region does. */
  readonly regions?: Readonly<Record<string, string>> | null;
}

/** Rows with which a chart begins: they have the paths of all regions. */
const BEGINNINGS: ReadonlySet<string> = new Set(['call.began', 'call.resumed']);

/** Rows that no recorder writes: the journal's own, of what comes before the chart and after it. */
const JOURNAL = 'journal';

/**
 * The law of a call's rows: from where the chart stood, the transitions that a
 * row says were taken lead to where the row says it stands; a row that names
 * none has moved nothing.
 *
 * @returns what is broken, a sentence each, with the row's place; the walk ends at the first, since nothing behind it can be judged.
 */
export function brokenWays(machine: AnyStateMachine, rows: readonly TakenRow[]): string[] {
  const transitions = new Map(
    nodesOf(machine).flatMap((node) => transitionsOf(node).map((each) => [transitionKey(each), each])),
  );
  let active = new Set<AnyStateNode>();
  enterFully(machine.root, active);

  for (const [index, row] of rows.entries()) {
    const { from, event, state, taken } = row;
    if (from === JOURNAL || state === '') continue;
    if (BEGINNINGS.has(event)) active = beginningOf(machine, row);
    const where = `row ${String(index + 1)}, ${event}`;
    const steps = taken ?? [];
    for (const key of steps) {
      const transition = transitions.get(key);
      if (transition === undefined) return [`${where}: the chart has no transition ${key}`];
      if (!active.has(transition.source)) {
        return [`${where}: ${key} cannot be taken in ${pathOf(machine, active)}`];
      }
      take(transition, active);
    }
    const path = pathOf(machine, active);
    if (path !== state) {
      return [
        `${where}: what was taken (${steps.join(', ') || 'nothing'}) leads to ${path}, not to ${state}`,
      ];
    }
  }
  return [];
}

/** Where a chart begins: that of a call which goes on in another process where it was. */
function beginningOf(machine: AnyStateMachine, { regions, state }: TakenRow): Set<AnyStateNode> {
  const active = new Set<AnyStateNode>();
  const { root } = machine;
  const alive = regionsOf(root).find(({ type }) => type === 'parallel');
  const paths: Readonly<Record<string, string>> = { ...regions, floor: state };
  for (const [name, path] of Object.entries(alive === undefined ? {} : paths)) {
    let at = alive?.states[name];
    for (const key of path.split('.')) at = at?.states[key] ?? at;
    for (let node = at; node !== undefined; node = node.parent) active.add(node);
    if (at !== undefined) enterFully(at, active);
  }
  if (active.size === 0) enterFully(root, active);
  else for (const region of alive === undefined ? [] : regionsOf(alive)) enterFully(region, active);
  return active;
}

function take(transition: AnyTransitionDefinition, active: Set<AnyStateNode>): void {
  const { source, reenter } = transition;
  const targets = (transition.target ?? []) as readonly AnyStateNode[];
  if (targets.length === 0) return;
  const isInside = targets.every((target) => isWithin(target, source));
  const domain = isInside && !reenter ? source : sharedAncestor([source, ...targets]);
  for (const node of active) if (node !== domain && isWithin(node, domain)) active.delete(node);
  for (const target of targets) enter(target, domain, active);
}

/** Enters a state, those that it lies in, and what is entered with them. */
function enter(target: AnyStateNode, domain: AnyStateNode, active: Set<AnyStateNode>): void {
  const way: AnyStateNode[] = [];
  for (let node: AnyStateNode | undefined = target; node && node !== domain; node = node.parent) {
    way.unshift(node);
  }
  for (const node of way) {
    active.add(node);
    if (node.parent?.type !== 'parallel') continue;
    for (const region of regionsOf(node.parent)) if (!active.has(region)) enterFully(region, active);
  }
  enterFully(target, active);
}

/** Enters a state with the children that are entered by default. */
function enterFully(node: AnyStateNode, active: Set<AnyStateNode>): void {
  active.add(node);
  if (node.type === 'parallel') for (const region of regionsOf(node)) enterFully(region, active);
  if (node.type !== 'compound' || regionsOf(node).some((child) => active.has(child))) return;
  for (const child of node.initial.target as readonly AnyStateNode[]) enter(child, node, active);
}

const regionsOf = (node: AnyStateNode) => Object.values<AnyStateNode>(node.states);

const isWithin = (node: AnyStateNode | undefined, other: AnyStateNode): boolean =>
  node !== undefined && (node === other || isWithin(node.parent, other));

/** The innermost state around all of them, and none of them. */
function sharedAncestor([first, ...others]: readonly AnyStateNode[]): AnyStateNode {
  let at = first?.parent;
  while (at?.parent !== undefined) {
    const around = at;
    if (others.every((other) => other !== around && isWithin(other, around))) break;
    at = at.parent;
  }
  if (at === undefined) throw new Error('the root has nothing around it');
  return at;
}

function pathOf({ root }: AnyStateMachine, active: ReadonlySet<AnyStateNode>): string {
  const valueOf = (node: AnyStateNode): StateValue =>
    Object.fromEntries(
      regionsOf(node)
        .filter((child) => active.has(child))
        .map((child) => [child.key, valueOf(child)]),
    );
  return floorOf(valueOf(root));
}
