import { type AnyStateMachine, type AnyStateNode, not, StateMachine } from 'xstate';
import { nameOf, nodesOf } from '../../../src/charts/chart.ts';
import { type Branch, configOf, type Slot, slotsOf, type State, stateAt } from './chart-config.ts';

export const MUTANT_KINDS = [
  'transition',
  'branch',
  'guard',
  'action',
  'target',
  'reentry',
  'first state',
  'child',
  'delay',
] as const;

export type MutantKind = (typeof MUTANT_KINDS)[number];

/** A machine that differs from the real one in one place. */
export interface Mutant {
  /** The place and the change, in words: the same for the same chart, in every process. */
  readonly name: string;
  readonly kind: MutantKind;
  readonly machine: () => AnyStateMachine;
}

/** Past it, `always` transitions chase each other: far more than the steps that a real chart takes at once. */
const MAX_MICROSTEPS = 1000;

/** Every mutant of a machine, in the order of its source. Works on the object, so a chart may be spread over any number of files. */
export function mutantsOf(machine: AnyStateMachine): Mutant[] {
  const mutants = new Mutants(machine);
  for (const node of nodesOf(machine)) mutants.addState(node);
  for (const [name, delay] of Object.entries<unknown>(machine.implementations.delays))
    mutants.addDelay(name, delay);
  return mutants.all;
}

class Mutants {
  readonly all: Mutant[] = [];
  readonly #machine: AnyStateMachine;
  readonly #names = new Map<string, number>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  addState(node: AnyStateNode): void {
    const state = stateAt(configOf(this.#machine), node.path);
    this.#addInitial(node, state);
    for (const when of ['entry', 'exit'] as const) {
      this.#addActions(`${node.id} ${when}`, state[when], node.path, (changed) => changed[when]);
    }
    state.invoke.forEach((_, at) => {
      this.#add('child', `${node.id}: child ${node.invoke[at]?.id ?? ''} taken out`, node.path, (changed) => {
        changed.invoke.splice(at, 1);
      });
    });
    slotsOf(state, node).forEach((slot, at) => {
      this.#addSlot(node, slot, (changed) => elementAt(slotsOf(changed, node), at));
    });
  }

  addDelay(name: string, delay: unknown): void {
    for (const [factor, words] of [
      [0.5, 'halved'],
      [2, 'doubled'],
    ] as const) {
      const { config, implementations } = this.#machine;
      const delays = { ...implementations.delays, [name]: scaled(delay, factor) };
      this.#push('delay', `${this.#machine.id}: delay ${name} ${words}`, () =>
        machineOf(config, { ...implementations, delays }),
      );
    }
  }

  #addSlot(node: AnyStateNode, slot: Slot, find: (state: State) => Slot): void {
    const { path } = node;
    const where = `${node.id} on ${slot.event}`;
    const branches = slot.holder[slot.key] ?? [];
    this.#add('transition', `${where}: taken out`, path, (changed) => {
      removeSlot(find(changed));
    });
    if (/^\d+$/.test(slot.key) && slot.event.startsWith('after ')) {
      this.#add('delay', `${where}: delay doubled`, path, (changed) => {
        const { holder, key } = find(changed);
        holder[Number(key) * 2] = holder[key];
        removeSlot({ holder, key });
      });
    }
    branches.forEach((branch, at) => {
      const branchIn = (changed: State) => {
        const { holder, key } = find(changed);
        return elementAt(holder[key] ?? [], at);
      };
      const condition = branch.guard === undefined ? 'otherwise' : `if ${nameOf(branch.guard)}`;
      const branchWhere = branches.length === 1 ? where : `${where}, ${condition}`;
      if (branches.length > 1) {
        this.#add('branch', `${branchWhere}: taken out`, path, (changed) => {
          const { holder, key } = find(changed);
          holder[key]?.splice(at, 1);
        });
      }
      this.#addBranch(branchWhere, branch, path, branchIn);
      this.#addTargets(branchWhere, slot.definitions[at]?.target ?? [], path, branchIn);
    });
  }

  #addBranch(where: string, branch: Branch, path: readonly string[], find: (state: State) => Branch): void {
    const { guard } = branch;
    if (guard !== undefined) {
      this.#add('guard', `${where}: guard ${nameOf(guard)} taken out`, path, (changed) => {
        delete find(changed).guard;
      });
      this.#add('guard', `${where}: guard ${nameOf(guard)} negated`, path, (changed) => {
        find(changed).guard = not(guard as never);
      });
    }
    if (branch.reenter === true) {
      this.#add('reentry', `${where}: is not entered again`, path, (changed) => {
        delete find(changed).reenter;
      });
    }
    this.#addActions(where, branch.actions, path, (changed) => find(changed).actions);
  }

  #addTargets(
    where: string,
    targets: readonly AnyStateNode[],
    path: readonly string[],
    find: (state: State) => Branch,
  ): void {
    if (targets.length > 0) {
      this.#add('target', `${where}: leads nowhere`, path, (changed) => {
        delete find(changed).target;
      });
    }
    targets.forEach((target, at) => {
      const other = nextSibling(target);
      if (other === undefined) return;
      this.#add('target', `${where}: leads to ${other.id}, not to ${target.id}`, path, (changed) => {
        find(changed).target?.splice(at, 1, `#${[this.#machine.id, ...other.path].join('.')}`);
      });
    });
  }

  #addInitial(node: AnyStateNode, state: State): void {
    if (node.type !== 'compound') return;
    const first = node.initial.target[0] as AnyStateNode | undefined;
    const other = first && nextSibling(first);
    if (first !== undefined && other !== undefined && first.parent === node) {
      this.#add(
        'first state',
        `${node.id}: begins in ${other.key}, not in ${first.key}`,
        node.path,
        (changed) => {
          if (typeof changed.initial === 'object') changed.initial.target = [other.key];
          else changed.initial = other.key;
        },
      );
    }
    const { initial } = state;
    if (typeof initial !== 'object') return;
    this.#addActions(`${node.id} first`, initial.actions, node.path, (changed) =>
      typeof changed.initial === 'object' ? changed.initial.actions : [],
    );
  }

  #addActions(
    where: string,
    actions: readonly unknown[],
    path: readonly string[],
    find: (state: State) => unknown[],
  ): void {
    actions.forEach((action, at) => {
      this.#add('action', `${where}: action ${nameOf(action)} taken out`, path, (changed) => {
        find(changed).splice(at, 1);
      });
    });
  }

  #add(kind: MutantKind, name: string, path: readonly string[], change: (state: State) => void): void {
    this.#push(kind, name, () => {
      const config = configOf(this.#machine);
      change(stateAt(config, path));
      return machineOf(config, this.#machine.implementations);
    });
  }

  #push(kind: MutantKind, name: string, machine: () => AnyStateMachine): void {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    this.all.push({ kind, name: count === 1 ? name : `${name} (${String(count)})`, machine });
  }
}

function machineOf(config: object, implementations: object): AnyStateMachine {
  const bounded = { ...config, options: { maxIterations: MAX_MICROSTEPS } };
  return new StateMachine(bounded as never, implementations as never);
}

const removeSlot = ({ holder, key }: Pick<Slot, 'holder' | 'key'>): void => {
  Reflect.deleteProperty(holder, key);
};

/** Another state in the place of this one. Regions have none: they are entered all together. */
function nextSibling(node: AnyStateNode): AnyStateNode | undefined {
  const { parent } = node;
  if (parent?.type !== 'compound') return undefined;
  const siblings = Object.values<AnyStateNode>(parent.states).filter(({ type }) => type !== 'history');
  const next = siblings[(siblings.indexOf(node) + 1) % siblings.length];
  return next === node ? undefined : next;
}

function scaled(delay: unknown, factor: number): unknown {
  if (typeof delay === 'number') return delay * factor;
  const computed = delay as (...args: readonly unknown[]) => number;
  return (...args: readonly unknown[]) => computed(...args) * factor;
}

function elementAt<Element>(list: readonly Element[], at: number): Element {
  const element = list[at];
  if (element === undefined) throw new Error(`nothing at place ${String(at)}`);
  return element;
}
