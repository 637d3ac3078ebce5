import { type AnyMachineSnapshot, type AnyStateMachine, type EventObject, getNextTransitions } from 'xstate';
import { PureMachine } from './pure-machine.ts';

/** One step that a chart can take. */
export interface Step {
  /** Keys of the situations before and after, as `ExploreOptions.key` makes them. */
  readonly from: string;
  readonly to: string;
  readonly event: EventObject;
  /** Keys of the transitions taken; empty when the event changes nothing. */
  readonly taken: readonly string[];
}

export interface Exploration {
  readonly steps: readonly Step[];
  /** Each situation with one shortest way to it. */
  readonly situations: ReadonlyMap<
    string,
    { readonly snapshot: AnyMachineSnapshot; readonly path: readonly Step[] }
  >;
  /** Keys of every transition that any step takes. */
  readonly reachable: ReadonlySet<string>;
}

export interface ExploreOptions {
  readonly input?: unknown;
  /**
   * The events to try in a situation, one for each kind of payload. Those that nobody sends are events too: `ownEvents`
   * has the timers and the failures of children; what a child answers is `{ type: 'xstate.done.actor.<id>', output }`.
   */
  readonly events: (snapshot: AnyMachineSnapshot) => readonly EventObject[];
  /** Two snapshots with the same key are the same situation. Must leave out what grows without end. */
  readonly key: (snapshot: AnyMachineSnapshot) => string;
  /**
   * What of a situation is worth going on from: it is walked on from only where it has a feature that none before it had.
   * For charts whose regions multiply to more situations than can be walked: with each pair of states of two regions as a
   * feature ({@link pairsOf}), every two that can occur together are met. Undefined: every situation is walked on from.
   */
  readonly features?: (snapshot: AnyMachineSnapshot) => readonly string[];
  /**
   * A fuse: how many situations there may be.
   * @throws {Error} when there are more, which means that `key` tells too much apart.
   */
  readonly limit?: number;
}

/**
 * Walks through everything that a chart can do, breadth first, without starting
 * anything: transitions are computed, no action is carried out.
 */
export function explore(machine: AnyStateMachine, options: ExploreOptions): Exploration {
  const { input, events, key, features, limit = 5000 } = options;
  const pure = new PureMachine(machine, input);
  const first = pure.first();
  const situations = new Map([[key(first.snapshot), { snapshot: first.snapshot, path: [] as Step[] }]]);
  const reachable = new Set(first.taken);
  const steps: Step[] = [];
  const known = new Set<string>();
  const isNew = (snapshot: AnyMachineSnapshot) => {
    if (features === undefined) return true;
    const before = known.size;
    for (const feature of features(snapshot)) known.add(feature);
    return known.size > before;
  };

  // A map can be extended while it is iterated: it is the queue as well.
  for (const [from, { snapshot, path }] of situations) {
    if (snapshot.status !== 'active' || !isNew(snapshot)) continue;
    for (const event of events(snapshot)) {
      const { snapshot: next, taken } = pure.next(snapshot, event);
      const step = { from, to: key(next), event, taken };
      steps.push(step);
      for (const transition of taken) reachable.add(transition);
      if (!situations.has(step.to)) situations.set(step.to, { snapshot: next, path: [...path, step] });
      if (situations.size > limit) throw new Error(`more than ${String(limit)} situations`);
    }
  }
  return { steps, situations, reachable };
}

/** Each pair of the parts of a situation, its regions' states for one: what `ExploreOptions.features` may tell apart. */
export function pairsOf(parts: Readonly<Record<string, string | number>>): string[] {
  const named = Object.entries(parts).map(([name, value]) => `${name}=${String(value)}`);
  return named.flatMap((one, index) => named.slice(index + 1).map((other) => `${one} ${other}`));
}

/**
 * A few paths that together take every transition that can be taken: greedy, the
 * most useful first, each extended as long as its end has a way out that is still missing.
 */
export function coveringPaths({ steps, situations }: Exploration): Step[][] {
  const candidates = steps
    .filter(({ taken }) => taken.length > 0)
    .map((step) => [...(situations.get(step.from)?.path ?? []), step]);
  const missing = new Set(steps.flatMap(({ taken }) => taken));
  const gainOf = (path: readonly Step[]) =>
    new Set(path.flatMap(({ taken }) => taken).filter((key) => missing.has(key))).size;
  const walk = (path: readonly Step[]): void => {
    for (const { taken } of path) for (const key of taken) missing.delete(key);
  };

  const chosen: Step[][] = [];
  while (missing.size > 0) {
    const best = candidates.reduce((one, other) => {
      const difference = gainOf(other) - gainOf(one);
      return difference > 0 || (difference === 0 && other.length < one.length) ? other : one;
    });
    const path = [...best];
    walk(path);
    for (;;) {
      const end = path.at(-1)?.to;
      const further = steps.find(({ from, taken }) => from === end && taken.some((key) => missing.has(key)));
      if (further === undefined) break;
      path.push(further);
      walk([further]);
    }
    chosen.push(path);
  }
  return chosen;
}

/** What happens in a situation without anybody's sending it: a timer fires, an invoked child fails. */
export function ownEvents(snapshot: AnyMachineSnapshot): EventObject[] {
  const types = new Set(getNextTransitions(snapshot).map(({ eventType }) => String(eventType)));
  return [...types].flatMap((type): (EventObject & { readonly error?: Error })[] => {
    if (type.startsWith('xstate.after.')) return [{ type }];
    return type.startsWith('xstate.error.actor.') ? [{ type, error: new Error('the child failed') }] : [];
  });
}
