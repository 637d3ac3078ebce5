import type { FullRow } from '../../../protocol/console-calls.ts';
import { withAncestors } from '../timeline/standing.ts';

/** Where a live call stands on its chart, and how it came there. */
export interface Whereabouts {
  /** The last row that was looked at. */
  readonly seq: number;
  /** Paths of the active states, outermost first. */
  readonly active: readonly string[];
  /** Transitions of the last step that led anywhere. */
  readonly taken: readonly string[];
  /** Grows with every such step. */
  readonly step: number;
  /** How often each transition has been taken. */
  readonly way: ReadonlyMap<string, number>;
}

export const NOWHERE: Whereabouts = { seq: 0, active: [], taken: [], step: 0, way: new Map() };

/** Where a call stands after more rows, which follow those before without a gap. */
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
