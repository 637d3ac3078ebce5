import type { ChartPicture, PictureEdge } from '../../src/protocol/console-chart.ts';
import { outsidePath } from '../../src/protocol/state-path.ts';
import type { Row } from './row.ts';

/** A transition of the chart, with paths in place of ids. */
export interface Transition extends Pick<PictureEdge, 'id' | 'event' | 'kind' | 'guard' | 'label'> {
  /** The region that it is in; undefined for the floor. */
  readonly region: string | undefined;
  /** The path of the state that takes it; empty for the root. */
  readonly source: string;
  /** The path of the state that it enters; null when it leaves no state. */
  readonly target: string | null;
}

/** The transitions of a chart, by their ids. */
export function transitionsOf({ edges, regions }: ChartPicture): ReadonlyMap<string, Transition> {
  const pathOf = (id: string) => outsidePath(id.split('.').slice(1));
  const regionOf = regionsByState(regions);
  return new Map(
    edges.map(({ id, source, target, event, kind, guard, label }) => [
      id,
      {
        id,
        event,
        kind,
        guard,
        label,
        region: regionOf(pathOf(source)),
        source: pathOf(source),
        target: target === null ? null : pathOf(target),
      },
    ]),
  );
}

/** Makes a function that gives the region of a state by its path; undefined for states of the floor. */
export function regionsByState(regions: ChartPicture['regions']): (path: string) => string | undefined {
  const names = new Set(regions.map(({ name }) => name));
  return (path) => {
    const [name = ''] = path.split('.');
    return names.has(name) ? name : undefined;
  };
}

/** The states of a call after a row of its log, and the way there. */
export interface ChartStanding {
  /** Paths of all active states, outermost first; never empty once a row has told a state. */
  readonly active: readonly string[];
  /** Ids of the transitions of the last step. */
  readonly taken: readonly string[];
  /** How often each transition has been taken. */
  readonly way: ReadonlyMap<string, number>;
  /** Every stay in a state, in the order of entry, also in the states around it. */
  readonly visits: readonly Visit[];
}

export interface Visit {
  readonly path: string;
  /** The position in the log of the row that entered it. */
  readonly index: number;
  readonly enteredAt: number;
  /** Undefined while it lasts. */
  readonly leftAt: number | undefined;
}

export interface RunningTimer {
  /** The delay's name, such as `idleAfter`. */
  readonly delay: string;
  /** The path of the state that has the timer; empty for a timer of the whole call. */
  readonly path: string;
  readonly startedAt: number;
  /** The length of the timer in ms; undefined when it is not known. */
  readonly ms: number | undefined;
}

/** The states of a call after the first `count` rows of its log. */
export function standingAfter(
  rows: readonly Row[],
  count: number,
  transitions: ReadonlyMap<string, Transition>,
): ChartStanding {
  const way = new Map<string, number>();
  const visits: Visit[] = [];
  /** Positions in `visits` of the stays that have not ended. */
  const open = new Map<string, number>();
  let taken: readonly string[] = [];

  const leave = (path: string, at: number) => {
    const place = open.get(path);
    const visit = place === undefined ? undefined : visits[place];
    if (place !== undefined && visit !== undefined) visits[place] = { ...visit, leftAt: at };
    open.delete(path);
  };

  for (const [index, row] of rows.slice(0, count).entries()) {
    const steps = row.taken ?? [];
    for (const id of steps) way.set(id, (way.get(id) ?? 0) + 1);
    if (steps.length > 0) taken = steps;

    const now = new Set(withAncestors(row.path));
    const entered = steps.map((id) => transitions.get(id)).filter((step) => step !== undefined);
    for (const path of [...open.keys()].reverse()) {
      const isReentered = entered.some(({ source, target }) => source === path && target === path);
      if (!now.has(path) || isReentered) leave(path, row.at);
    }
    for (const path of now) {
      if (open.has(path)) continue;
      open.set(path, visits.length);
      visits.push({ path, index, enteredAt: row.at, leftAt: undefined });
    }
  }
  return { active: [...open.keys()], taken, way, visits };
}

/** A path and the paths around it, outermost first: `a`, `a.b`, `a.b.c`. */
export function withAncestors(path: string): string[] {
  if (path === '') return [];
  const words = path.split('.');
  return words.map((_word, at) => words.slice(0, at + 1).join('.'));
}

/** The timers that run, outer states first. A timer starts when its state is entered. */
export function runningTimers(
  { active, visits }: ChartStanding,
  startedAt: number,
  transitions: Iterable<Transition>,
  delays: Readonly<Record<string, number | null>>,
  regions: readonly { readonly enteredAt: ReadonlyMap<string, number> }[] = [],
): RunningTimer[] {
  if (active.length === 0 || active[0] === 'ended') return [];
  const since = new Map([['', startedAt], ...regions.flatMap(({ enteredAt }) => [...enteredAt])]);
  for (const { path, enteredAt, leftAt } of visits) if (leftAt === undefined) since.set(path, enteredAt);
  const timers = new Map<string, RunningTimer>();
  for (const { kind, source, event } of transitions) {
    const from = since.get(source);
    if (kind !== 'after' || from === undefined) continue;
    const delay = event.replace(/^after\./, '');
    timers.set(`${source} ${delay}`, {
      delay,
      path: source,
      startedAt: from,
      ms: delays[delay] ?? undefined,
    });
  }
  return [...timers.values()].toSorted((one, other) => depthOf(one.path) - depthOf(other.path));
}

const depthOf = (path: string) => (path === '' ? 0 : path.split('.').length);
