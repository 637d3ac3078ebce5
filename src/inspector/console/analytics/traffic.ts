import type { Analytics } from '../../../protocol/console-analytics.ts';
import type { ChartPicture, PictureEdge } from '../../../protocol/console-chart.ts';

/** Thinnest and thickest line, in px. */
const THIN = 1;
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
  readonly isNeverTaken: boolean;
}

/** Every transition of the chart with its count, the most taken first; those of one count as in the chart. */
export function edgeTraffic({ edges, nodes }: ChartPicture, { transitions }: Analytics): EdgeTraffic[] {
  const counts = new Map(transitions.map((each) => [each.id, each]));
  const paths = new Map(nodes.map(({ id, path }) => [id, path]));
  const pathOf = (id: string) => paths.get(id) ?? ''; // The root has no node.
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

/** How thick each line of the picture is, by its position in `lines`. */
export function lineTraffic({ lines }: ChartPicture, { transitions }: Analytics): LineTraffic[] {
  const counts = new Map(transitions.map(({ id, count }) => [id, count]));
  const sums = lines.map(({ edges }) => edges.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0));
  const most = Math.max(1, ...sums);
  return sums.map((count, index) => ({
    count,
    width: count === 0 ? THIN : THIN + (THICK - THIN) * Math.sqrt(count / most),
    isNeverTaken: count === 0 && (lines[index]?.edges.length ?? 0) > 0,
  }));
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
