import type { FullRow } from '../../src/protocol/console-calls.ts';
import { withAncestors } from '../timeline/standing.ts';

/** The state of a live call, and the transitions that led there. */
export interface Whereabouts {
  /** The number of the last row that was taken in. */
  readonly seq: number;
  /** Paths of the active states, outermost first. */
  readonly active: readonly string[];
  /** Ids of the transitions of the last row that took any. */
  readonly taken: readonly string[];
  /** Grows by 1 with every such row. */
  readonly step: number;
  /** How often each transition has been taken. */
  readonly way: ReadonlyMap<string, number>;
}

export const NOWHERE: Whereabouts = { seq: 0, active: [], taken: [], step: 0, way: new Map() };

/** The whereabouts after more rows, which follow those before without a gap. */
export function movedOn(before: Whereabouts, rows: readonly FullRow[]): Whereabouts {
  const way = new Map(before.way);
  let { seq, active, taken, step } = before;
  for (const row of rows) {
    seq = row.seq;
    if (row.path !== active.at(-1)) active = withAncestors(row.path);
    if (row.taken === null || row.taken.length === 0) continue;
    taken = row.taken;
    step++;
    for (const id of row.taken) way.set(id, (way.get(id) ?? 0) + 1);
  }
  return { seq, active, taken, step, way };
}
