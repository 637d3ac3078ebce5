import type { Row } from './row.ts';
import { withAncestors } from './standing.ts';

/** The state of one region beside the floor after a row. */
export interface RegionStanding {
  readonly name: string;
  /** The path of its state, within the region: `running.unspoken`. */
  readonly path: string;
  /** True when the last row changed it. */
  readonly isChanged: boolean;
  /** When the region, its state and the states around that were entered, by their whole paths: `tools`, `tools.running`. */
  readonly enteredAt: ReadonlyMap<string, number>;
}

/** The states of the regions after the first `count` rows. Empty before the start, after the end, and for older engines. */
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
