import type { Row } from './row.ts';
import { withAncestors } from './standing.ts';

/** Where one region beside the floor stands after a row. */
export interface RegionStanding {
  readonly name: string;
  /** Its state, within the region: `running.unspoken`. */
  readonly path: string;
  /** The last row moved it on. */
  readonly isChanged: boolean;
  /** When the region, its state and those that this lies in were entered, by their whole paths: `tools`, `tools.running`. */
  readonly enteredAt: ReadonlyMap<string, number>;
}

/** Folds the first `count` rows. Empty before the chart has begun, after the call, and for rows of older engines. */
export function regionsAfter(rows: readonly Row[], count: number): readonly RegionStanding[] {
  const standing = new Map<string, RegionStanding>();
  for (const [index, row] of rows.slice(0, count).entries()) {
    if (row.path === 'ended') standing.clear();
    for (const [name, path] of Object.entries(row.regions ?? {})) {
      const before = standing.get(name);
      const paths = [name, ...withAncestors(path).map((inner) => `${name}.${inner}`)];
      const enteredAt = new Map(paths.map((each) => [each, before?.enteredAt.get(each) ?? row.at]));
      standing.set(name, { name, path, enteredAt, isChanged: index === count - 1 && before !== undefined });
    }
  }
  return [...standing.values()];
}
