import elk, { type ElkExtendedEdge, type ElkLabel, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Chart, ChartEdge, ChartNode } from './chart.ts';

/** A chart with a place for everything. Lengths in px, from the top left corner of the whole. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  /** Around all states: the machine itself, from which lines lead that are taken in every state. */
  readonly frame: Area;
  /** Parents before their children. */
  readonly boxes: readonly Box[];
  /** The dots from which a first arrow leads to the child entered by default. */
  readonly dots: readonly Point[];
  readonly lines: readonly DrawnLine[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle: its top left corner, and its size. */
export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Area {
  readonly node: ChartNode;
}

export interface DrawnLine {
  readonly points: readonly Point[];
  /** The edges drawn as this one line; empty for the first arrow from a dot. */
  readonly edges: readonly ChartEdge[];
  /** What is written on it, a row each; absent for the first arrow from a dot. */
  readonly label: Label | undefined;
}

/** Lies on its line, which runs behind it. */
export interface Label extends Area {
  readonly rows: readonly string[];
}

export const DOT_RADIUS = 4;
/** Height of a box without children, and of the title of one with them. */
export const TITLE_HEIGHT = 30;
export const ROW_HEIGHT = 14;
/** A box with a second line, which says where within the state a call is: `callerSpeaking`. */
const COMPACT_WIDTH = 118;
const COMPACT_HEIGHT = 42;
/** Advance of one character at the sizes of `chart-svg.ts`, for a common sans-serif: a little too wide, so that no label is cut. */
const TITLE_CHARACTER = 7.4;
const LABEL_CHARACTER = 6.2;
/** Ground on each side of a label's words. */
const LABEL_MARGIN = 3;

/** How much room a drawing takes. */
export type Density =
  /** Every arrow has its words on it. */
  | 'labelled'
  /** Arrows have no words; a box has room for a second line. */
  | 'compact';

/**
 * Finds a place for every state and arrow of a chart (ELK, layered, downwards).
 *
 * The same chart gives the same places in every process, so drawings can be
 * compared byte by byte. Some 0.3 s for the call's chart: for scripts, not for
 * a server that has calls.
 */
export async function layOut(chart: Chart, density: Density = 'labelled'): Promise<ChartLayout> {
  const lines = linesOf(chart);
  const inits = initsOf(chart.root);
  const placed: ElkNode = await new elk.default().layout({
    id: 'canvas',
    children: [elkNode(chart.root, density)],
    edges: [...lines.map((drawn, at) => elkLine(drawn, at, density)), ...inits],
    layoutOptions: LAYOUT,
  });
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, edge]));
  const nodes = new Map(flatten(placed).map((node) => [node.id, node]));
  return {
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    frame: placeOf(nodes.get(chart.root.id)),
    boxes: chart.root.children.flatMap((child) => boxesOf(child, nodes)),
    dots: inits.map(({ sources: [dot = ''] }) => {
      const { x = 0, y = 0 } = nodes.get(dot) ?? {};
      return { x: x + DOT_RADIUS, y: y + DOT_RADIUS };
    }),
    lines: [
      ...lines.map((drawn, at) => placedLine(drawn, edges.get(lineId(at)))),
      ...inits.map(({ id }) => placedLine([], edges.get(id))),
    ],
  };
}

const LAYOUT = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.spacing.edgeLabel': '3',
  'elk.spacing.nodeNode': '24',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
};

/** An edge that leads to a state: not into the one that it leaves. */
type Arrow = ChartEdge & { readonly to: string };

const linesToDraw = ({ edges }: Chart): Arrow[] =>
  edges.filter((edge): edge is Arrow => edge.to !== undefined && edge.to !== edge.from);

/** Arrows between the same two states become one line. */
function linesOf(chart: Chart): Arrow[][] {
  const lines = new Map<string, Arrow[]>();
  for (const edge of linesToDraw(chart)) {
    const ends = `${edge.from} ${edge.to}`;
    lines.set(ends, [...(lines.get(ends) ?? []), edge]);
  }
  return [...lines.values()];
}

const lineId = (at: number) => `line ${String(at)}`;
const dotId = (parent: string) => `${parent} dot`;

function initsOf(node: ChartNode): ElkExtendedEdge[] {
  const below = node.children.flatMap(initsOf);
  if (node.initial === undefined) return below;
  return [{ id: `${node.id} init`, sources: [dotId(node.id)], targets: [node.initial] }, ...below];
}

function elkNode(node: ChartNode, density: Density): ElkNode {
  if (node.children.length === 0) {
    const [width, height] = density === 'compact' ? [COMPACT_WIDTH, COMPACT_HEIGHT] : [70, TITLE_HEIGHT];
    return { id: node.id, width: Math.max(width, widthOf(node.key, TITLE_CHARACTER) + 24), height };
  }
  return {
    id: node.id,
    children: childrenOf(node, density),
    layoutOptions: {
      'elk.padding': `[top=${String(TITLE_HEIGHT + 10)},left=14,bottom=14,right=14]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${String(widthOf(node.key, TITLE_CHARACTER) + 24)},0)`,
    },
  };
}

/** The states inside one, and the dot where it begins. The root is the paper itself and has no box. */
function childrenOf(node: ChartNode, density: Density): ElkNode[] {
  const dot = { id: dotId(node.id), width: 2 * DOT_RADIUS, height: 2 * DOT_RADIUS };
  const states = node.children.map((child) => elkNode(child, density));
  return node.initial === undefined ? states : [dot, ...states];
}

function elkLine(edges: readonly Arrow[], at: number, density: Density): ElkExtendedEdge {
  const [{ from, to } = { from: '', to: '' }] = edges;
  const labels = density === 'compact' ? [] : [elkLabel(rowsOf(edges))];
  return { id: lineId(at), sources: [from], targets: [to], labels };
}

/** A row for each event, and one below it for its guard; the same row twice is one too many. */
function rowsOf(edges: readonly ChartEdge[]): string[] {
  return [
    ...new Set(edges.flatMap(({ event, guard }) => (guard === undefined ? [event] : [event, `[${guard}]`]))),
  ];
}

const elkLabel = (rows: readonly string[]): ElkLabel => ({
  text: rows.join(' '), // ELK gives no place to a label without words.
  width: Math.max(...rows.map((row) => widthOf(row, LABEL_CHARACTER))) + 2 * LABEL_MARGIN,
  height: rows.length * ROW_HEIGHT,
  // On the line itself: beside it one cannot tell which of two lines is meant.
  layoutOptions: { 'elk.edgeLabels.inline': 'true' },
});

const widthOf = (text: string, perCharacter: number) => Math.ceil(text.length * perCharacter);

const flatten = (node: ElkNode): ElkNode[] => [node, ...(node.children ?? []).flatMap(flatten)];

const placeOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Area> = {}): Area => ({
  x,
  y,
  width,
  height,
});

function boxesOf(node: ChartNode, placed: ReadonlyMap<string, ElkNode>): Box[] {
  return [
    { node, ...placeOf(placed.get(node.id)) },
    ...node.children.flatMap((child) => boxesOf(child, placed)),
  ];
}

function placedLine(edges: readonly ChartEdge[], placed: ElkExtendedEdge | undefined): DrawnLine {
  const [label] = placed?.labels ?? [];
  return {
    edges,
    points: (placed?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
      startPoint,
      ...bendPoints,
      endPoint,
    ]),
    label: label && { ...placeOf(label), rows: rowsOf(edges) },
  };
}
