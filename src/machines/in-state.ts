import { type AnyStateMachine, stateIn, type StateValue } from 'xstate';

interface Snapshot {
  readonly machine: AnyStateMachine;
  readonly value: StateValue;
}

/**
 * Whether the state with this id is active: `stateIn` of XState, without its cost. That one reads the id letter by letter
 * at every look (5.33), and a chart of many regions looks some forty times an event.
 *
 * Replaces the check that XState keeps on the guard. An XState that keeps it elsewhere uses its own again.
 */
export function inState(id: `#${string}`): ReturnType<typeof stateIn> {
  let machine: AnyStateMachine | undefined;
  let path: readonly string[] = [];
  const check = (snapshot: Snapshot): boolean => {
    if (snapshot.machine !== machine) {
      machine = snapshot.machine;
      path = machine.getStateNodeById(id).path;
    }
    return isActive(path, snapshot.value);
  };
  return Object.assign(stateIn(id), { check });
}

/** `path` leads from the root of the chart, whose state `value` is, to one of its states: none lies within a state that is told by its name alone. */
function isActive(path: readonly string[], value: StateValue): boolean {
  let within: StateValue | undefined = value;
  for (const key of path) {
    if (typeof within === 'string') return within === key;
    within = within[key];
    if (within === undefined) return false;
  }
  return true;
}
