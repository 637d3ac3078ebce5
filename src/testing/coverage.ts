import {
  type AnyStateMachine,
  getStateNodes,
  type InspectionEvent,
  type Snapshot,
  StateMachine,
  type StateValue,
} from 'xstate';
import { chartOf } from '../charts/chart.ts';
import { transitionKey } from '../observation/transition-key.ts';

/**
 * Counts which transitions of which charts were taken, by inspection: give
 * `inspect` to every actor under test and ask for `missing` at the end.
 *
 * Keys are structural, so one count serves all `provide(...)`s of a machine.
 * In parallel states XState also reports a transition that another one
 * pre-empted: there, taken means selected.
 */
export class TransitionCoverage {
  readonly #taken = new Map<string, number>();
  readonly #states = new Set<string>();
  readonly #ignored = new Map<string, number>();

  readonly inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep') return;
    const type = event.event.type;
    if (event._transitions.length === 0 && type !== 'xstate.stop') count(this.#ignored, type);
    for (const transition of event._transitions) count(this.#taken, transitionKey(transition));
    const { machine, value } = event.snapshot as Snapshot<unknown> & { machine?: unknown; value: StateValue };
    if (!(machine instanceof StateMachine)) return;
    const { root } = machine as AnyStateMachine;
    for (const { id } of getStateNodes(root, value)) this.#states.add(id);
  };

  /** How often each transition was taken, by key. */
  get taken(): ReadonlyMap<string, number> {
    return this.#taken;
  }

  /** Ids of the states that were seen. */
  get states(): ReadonlySet<string> {
    return this.#states;
  }

  /** Events that the state they met did not take, with how often. */
  get ignored(): ReadonlyMap<string, number> {
    return this.#ignored;
  }

  /** Keys of the transitions of a machine that were never taken. */
  missing(machine: AnyStateMachine): string[] {
    return transitionKeys(machine).filter((key) => !this.#taken.has(key));
  }
}

/** The keys of all transitions of a machine. */
export function transitionKeys(machine: AnyStateMachine): string[] {
  return [...new Set(chartOf(machine).edges.map(({ key }) => key))];
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
