import type { Analytics } from '../../../protocol/console-analytics.ts';
import type { ChartPicture, PictureEdge } from '../../../protocol/console-chart.ts';
import { outsidePath } from '../../../protocol/state-path.ts';
import { regionsByState } from '../timeline/standing.ts';

/** Thinnest and thickest line, in px of the screen when the whole drawing is seen. */
const THIN = 1.2;
const THICK = 9;

/** How often one transition was taken. */
export interface EdgeTraffic {
  readonly edge: PictureEdge;
  /** Paths of both ends; the target is null when the state is not left. */
  readonly source: string;
  readonly target: string | null;
  readonly count: number;
  /** In how many calls. */
  readonly calls: number;
}

/** What is drawn as one line of the chart. */
export interface LineTraffic {
  readonly count: number;
  /** Px; the area that a line covers grows with the count, so a rare one is still seen. */
  readonly width: number;
  /** From 0 to 1, for the busiest. */
  readonly heat: number;
  readonly isNeverTaken: boolean;
}

/** Every transition of the chart with its count, the most taken first; those of one count as in the chart. */
export function edgeTraffic(
  { edges, nodes, regions }: ChartPicture,
  { transitions }: Analytics,
): EdgeTraffic[] {
  const counts = new Map(transitions.map((each) => [each.id, each]));
  const paths = new Map(nodes.map(({ id, path }) => [id, path]));
  const ofRegions = regionsByState(regions);
  // The root has no node, and what lies in a region has none of its own.
  const pathOf = (id: string) => {
    const path = outsidePath(id.split('.').slice(1));
    return paths.get(id) ?? (ofRegions(path) === undefined ? '' : path);
  };
  return edges
    .map((edge) => ({
      edge,
      source: pathOf(edge.source),
      target: edge.target === null ? null : pathOf(edge.target),
      count: counts.get(edge.id)?.count ?? 0,
      calls: counts.get(edge.id)?.calls ?? 0,
    }))
    .sort((a, b) => b.count - a.count);
}

/** How busy each line of a drawing is, by its position. A line stands for every transition between two boxes. */
export function lineTraffic(
  lines: ChartPicture['lines'],
  { transitions }: Pick<Analytics, 'transitions'>,
): LineTraffic[] {
  const counts = new Map(transitions.map(({ id, count }) => [id, count]));
  const sums = lines.map(({ edges }) => edges.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0));
  const most = Math.max(1, ...sums);
  return sums.map((count, index) => {
    const heat = Math.sqrt(count / most);
    return {
      count,
      heat,
      width: THIN + (THICK - THIN) * heat,
      isNeverTaken: count === 0 && (lines[index]?.edges.length ?? 0) > 0,
    };
  });
}

/** Facts of today's chart that no state took, gathered by the fact; the most frequent first. */
export function untakenByEvent(
  untaken: Analytics['untaken'],
): { event: string; count: number; states: { state: string; count: number }[] }[] {
  const events = new Map<string, { state: string; count: number }[]>();
  for (const { event, state, count } of untaken) {
    events.set(event, [...(events.get(event) ?? []), { state, count }]);
  }
  return [...events]
    .map(([event, states]) => ({
      event,
      count: states.reduce((sum, { count }) => sum + count, 0),
      states: states.sort((a, b) => b.count - a.count),
    }))
    .sort((a, b) => b.count - a.count);
}
