import type { Chart, ChartNode } from './chart.ts';

/** A chart that is drawn in several pieces. */
export interface ChartPieces {
  /** What people talk about: the chart without its other regions. The same chart where there are none. */
  readonly floor: Chart;
  /** The regions beside it, each a chart of its own, in the order of the chart. */
  readonly regions: readonly Chart[];
}

const FLOOR = 'floor';

/**
 * Takes a chart apart by its regions: all of them in one drawing would be lines over lines, although no line leads from
 * one to another. The floor's root is the chart's: what is taken anywhere in it leads from the frame.
 */
export function piecesOf(chart: Chart): ChartPieces {
  const alive = chart.root.children.find(({ type, children }) => type === 'parallel' && floorIn(children));
  const floor = alive?.children.find(isFloor);
  if (alive === undefined || floor === undefined) return { floor: chart, regions: [] };

  const beside = alive.children.filter((region) => region !== floor);
  const after = chart.root.children.filter((node) => node !== alive);
  const root: ChartNode = { ...chart.root, initial: floor.initial, children: [...floor.children, ...after] };
  const outer = new Set([floor.id, alive.id]);
  const renamed = chart.edges.map((edge) => (outer.has(edge.from) ? { ...edge, from: root.id } : edge));
  const below = idsOf(root);
  return {
    floor: { id: chart.id, root, edges: renamed.filter(({ from }) => below.has(from)) },
    regions: beside.map((region) => {
      const ids = idsOf(region);
      return { id: region.key, root: region, edges: chart.edges.filter(({ from }) => ids.has(from)) };
    }),
  };
}

const isFloor = ({ key }: ChartNode) => key === FLOOR;
const floorIn = (nodes: readonly ChartNode[]) => nodes.some(isFloor);

function idsOf(node: ChartNode): Set<string> {
  return new Set([node.id, ...node.children.flatMap((child) => [...idsOf(child)])]);
}
