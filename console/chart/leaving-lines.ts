import type { DrawnNode, Drawing } from './drawing.ts';
import type { Rect, Size, View } from './viewport.ts';

export type Side = 'top' | 'right' | 'bottom' | 'left';

/** A state out of sight, at the other end of a line from a state in sight. */
export interface Neighbour {
  readonly node: DrawnNode;
  /** True when the line leads to the state; false when it comes from there. */
  readonly isTarget: boolean;
  readonly side: Side;
  /** Where the line crosses that side of the pane, in px from the top or the left. */
  readonly at: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The states at the ends of a line; undefined for the frame, and for the dot at which the chart begins. */
export interface LineEnds {
  readonly source: DrawnNode | undefined;
  readonly target: DrawnNode | undefined;
}

/** The ends of each line of a drawing, by its position. */
export function lineEnds({ lines, nodes }: Drawing): readonly LineEnds[] {
  // The innermost box: those around it come before it.
  const at = (point: Point | undefined) => point && nodes.findLast((node) => isOnEdge(point, node));
  return lines.map(({ points, edges }) =>
    edges.length === 0
      ? { source: undefined, target: undefined }
      : { source: at(points[0]), target: at(points.at(-1)) },
  );
}

/** Finds the neighbours of the states in sight, each once for a side and a direction, in the order of the lines. */
export function neighboursOutOfSight(
  { lines }: Drawing,
  ends: readonly LineEnds[],
  { x, y, k }: View,
  pane: Size,
): Neighbour[] {
  const found = new Map<string, Neighbour>();
  for (const [index, { points }] of lines.entries()) {
    const { source, target } = ends[index] ?? {};
    if (source === undefined || target === undefined) continue;
    const seen = points.map((point) => ({ x: x + k * point.x, y: y + k * point.y }));
    const [first, last] = [seen[0], seen.at(-1)];
    if (first === undefined || last === undefined || isIn(first, pane) === isIn(last, pane)) continue;
    const isTarget = isIn(first, pane);
    const crossing = crossingOf(isTarget ? seen : seen.toReversed(), pane);
    const node = isTarget ? target : source;
    if (crossing === undefined) continue;
    const key = `${node.path} ${crossing.side} ${String(isTarget)}`;
    if (!found.has(key)) found.set(key, { node, isTarget, ...crossing });
  }
  return [...found.values()];
}

/** Where a line that begins in the pane first leaves it. */
function crossingOf(way: readonly Point[], pane: Size): Pick<Neighbour, 'side' | 'at'> | undefined {
  for (const [index, to] of way.entries()) {
    const from = way[index - 1];
    if (from === undefined || isIn(to, pane)) continue;
    const along = (share: number) => ({
      x: from.x + share * (to.x - from.x),
      y: from.y + share * (to.y - from.y),
    });
    if (to.x < 0 && from.x >= 0) return { side: 'left', at: along(from.x / (from.x - to.x)).y };
    if (to.x > pane.width && from.x <= pane.width)
      return { side: 'right', at: along((pane.width - from.x) / (to.x - from.x)).y };
    if (to.y < 0) return { side: 'top', at: along(from.y / (from.y - to.y)).x };
    return { side: 'bottom', at: along((pane.height - from.y) / (to.y - from.y)).x };
  }
  return undefined;
}

const isIn = ({ x, y }: Point, { width, height }: Size) => x >= 0 && y >= 0 && x <= width && y <= height;

/** Points this near, in px, count as equal: a picture has rounded coordinates. */
const NEAR_PX = 1;

function isOnEdge({ x, y }: Point, box: Rect): boolean {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const isWithin = (value: number, from: number, to: number) =>
    value >= from - NEAR_PX && value <= to + NEAR_PX;
  const isAt = (value: number, edge: number) => Math.abs(value - edge) <= NEAR_PX;
  return (
    isWithin(x, box.x, right) &&
    isWithin(y, box.y, bottom) &&
    (isAt(x, box.x) || isAt(x, right) || isAt(y, box.y) || isAt(y, bottom))
  );
}

/**
 * Places names along a side so that none covers another: each as near as possible to where its
 * line crosses, and left out when there is no room behind the one before.
 *
 * @param side - where on the side names may stand, in px from its top or left.
 * @param lengths - room that each takes along the side, in px, by its position in `neighbours`.
 */
export function placed(
  neighbours: readonly Neighbour[],
  lengths: readonly number[],
  side: { readonly from: number; readonly to: number },
): { readonly neighbour: Neighbour; readonly at: number }[] {
  const order = neighbours
    .map((neighbour, index) => ({ neighbour, length: lengths[index] ?? 0 }))
    .toSorted((one, other) => one.neighbour.at - other.neighbour.at);
  let free = side.from;
  return order.flatMap(({ neighbour, length }) => {
    const at = Math.max(free, Math.min(neighbour.at - length / 2, side.to - length));
    if (at + length > side.to) return [];
    free = at + length + 2;
    return [{ neighbour, at }];
  });
}
