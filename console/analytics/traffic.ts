import type { Analytics } from '../../src/protocol/console-analytics.ts';
import type { ChartPicture, PictureEdge } from '../../src/protocol/console-chart.ts';
import { outsidePath } from '../../src/protocol/state-path.ts';
import { regionsByState } from '../timeline/standing.ts';

/** Width of the thinnest and of the thickest line, in px of the screen. */
const THIN = 1.2;
const THICK = 9;

/** How often one transition was taken. */
export interface EdgeTraffic {
  readonly edge: PictureEdge;
  /** Paths of the states at both ends. `target` is null when the state is not left. */
  readonly source: string;
  readonly target: string | null;
  readonly count: number;
  /** How many calls took it. */
  readonly calls: number;
}

/** How often one line of the drawing was taken, and how it is drawn. */
export interface LineTraffic {
  readonly count: number;
  /** In px. It grows with the square root of the count, so that a rare line is still seen. */
  readonly width: number;
  /** From 0 to 1; the busiest line has 1. */
  readonly heat: number;
  readonly isNeverTaken: boolean;
}

/** Every transition of the chart with its count, the highest first. Equal counts keep the order of the chart. */
export function edgeTraffic(
  { edges, nodes, regions }: ChartPicture,
  { transitions }: Analytics,
): EdgeTraffic[] {
  const counts = new Map(transitions.map((each) => [each.id, each]));
  const paths = new Map(nodes.map(({ id, path }) => [id, path]));
  const ofRegions = regionsByState(regions);
  // The root and the states of regions have no node in the drawing.
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

/** How often each line of a drawing was taken, by its position. A line stands for all transitions between two boxes. */
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

/** The facts that a state had no transition for, with their states; the most frequent first. */
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
