import { createHash } from 'node:crypto';
import type { AnyStateMachine } from 'xstate';
import type { ChartPicture, PictureEdge, PictureLine, PictureNode } from '../protocol/console-chart.ts';
import { type ChartEdge, type ChartNode, chartOf, nameOf, nodesOf, statesOf } from './chart.ts';
import { type Box, layOut, type DrawnLine } from './chart-layout.ts';
import { overviewOf } from './chart-overview.ts';
import { piecesOf } from './chart-regions.ts';
import { placeOf } from '../observation/transition-key.ts';

/** What stays open in an overview: inside a conversation it matters who has the floor. */
const OPEN: ReadonlySet<string> = new Set(['conversing']);

/**
 * A machine as the console draws it: every state and transition with its place,
 * and what is told of each state. For scripts: the layout takes a moment.
 *
 * @param stories - what the caller experiences in each state, by its path.
 */
export async function pictureOf(
  machine: AnyStateMachine,
  stories: ReadonlyMap<string, string>,
): Promise<ChartPicture> {
  const chart = chartOf(machine);
  const { floor, regions } = piecesOf(chart);
  const { width, height, frame, boxes, dots, lines } = await layOut(floor);
  const overview = await layOut(overviewOf(floor, OPEN), 'compact');
  const lineOf = new Map(lines.flatMap(({ edges }, at) => edges.map(({ key }) => [key, at] as const)));
  const doings = new Map(
    nodesOf(machine).map((node) => [placeOf(node), { entry: node.entry, exit: node.exit }]),
  );

  const parents = parentsIn(floor.root, floor.root.id);
  const sources = new Map(floor.edges.map(({ key, from }) => [key, from]));

  const node = ({ node: { id, path, key, type, invokes }, x, y, width, height }: Box): PictureNode => ({
    id,
    path,
    key,
    kind: type,
    parent: parents.get(id) ?? null,
    ...{ x, y, width, height },
    entry: ownActions(doings.get(id)?.entry),
    exit: ownActions(doings.get(id)?.exit),
    invokes: [...invokes],
    story: stories.get(path) ?? '',
  });

  return {
    version: 1,
    machineId: chart.id,
    fingerprint: createHash('sha256').update(JSON.stringify(chart)).digest('hex').slice(0, 16),
    width,
    height,
    frame,
    nodes: boxes.map(node),
    edges: chart.edges.map((edge) =>
      pictureEdge({ ...edge, from: sources.get(edge.key) ?? edge.from }, lineOf.get(edge.key)),
    ),
    lines: lines.map(pictureLine),
    dots: [...dots],
    regions: regions.map(({ id, root }) => ({
      name: id,
      story: stories.get(root.path) ?? '',
      states: [...statesOf({ id, root, edges: [] })].map(({ id, path, type }) => ({
        ...{ id, path, kind: type },
        story: stories.get(path) ?? '',
      })),
    })),
    overview: {
      width: overview.width,
      height: overview.height,
      frame: overview.frame,
      nodes: overview.boxes.map(({ node: { id, path, key, type }, x, y, width, height }) => ({
        ...{ id, path, key, kind: type },
        ...{ x, y, width, height },
      })),
      lines: overview.lines.map(pictureLine),
      dots: [...overview.dots],
    },
    delays: fixedDelays(machine),
  };
}

const pictureLine = ({ points, edges, label }: DrawnLine): PictureLine => ({
  points: points.map(({ x, y }) => ({ x, y })),
  edges: edges.map(({ key }) => key),
  label: label === undefined ? null : { ...label, rows: [...label.rows] },
});

/** What is told of each state in a page of `docs/statecharts`: a heading with its path, then paragraphs. */
export function storiesOf(page: string): ReadonlyMap<string, string> {
  const sections = page.split(/^(?=#{2,} )/m).slice(1);
  return new Map(
    sections.flatMap((section): [string, string][] => {
      const [, path] = /^#{2,} `([^`]+)`$/m.exec(section) ?? [];
      const told = section.split('\n').slice(1).join('\n').trim();
      // A line of the page ends where the paper ends; a paragraph does not.
      return path === undefined ? [] : [[path, told.replaceAll(/(?<!\n)\n(?!\n)/g, ' ')]];
    }),
  );
}

/** Without those by which XState starts and stops the state's timers. */
const ownActions = (actions: readonly unknown[] = []) =>
  actions.map(nameOf).filter((name) => name !== 'raise' && name !== 'cancel');

/** Each state's parent, by its id; those that stand on the paper itself have none. */
function parentsIn(node: ChartNode, paper: string): Map<string, string> {
  return new Map(
    node.children.flatMap((child) => [
      ...(node.id === paper ? [] : [[child.id, node.id] as const]),
      ...parentsIn(child, paper),
    ]),
  );
}

function pictureEdge(
  { key, from, to, event, kind, guard, actions, note }: ChartEdge,
  line: number | undefined,
): PictureEdge {
  return {
    id: key,
    source: from,
    target: to ?? null,
    event: eventInRows(key),
    label: event,
    kind,
    guard: guard ?? null,
    actions: [...actions],
    note: note ?? null,
    line: line ?? null,
  };
}

/** The event as the journal's rows have it; XState's own name is in the transition's key. */
function eventInRows(key: string): string {
  const [, type = ''] = key.split('|');
  const [, what, rest = ''] = /^xstate\.(after|done\.state|done\.actor|error\.actor)\.(.+)$/.exec(type) ?? [];
  if (what === 'after') return `after.${rest.split('.')[0] ?? ''}`;
  if (what === 'error.actor') return `crashed.${rest}`;
  if (what === 'done.actor') return `done.${rest}`;
  return what === undefined ? type : 'done';
}

function fixedDelays({ implementations }: AnyStateMachine): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(implementations.delays).map(([name, delay]) => [
      name,
      typeof delay === 'number' ? delay : null,
    ]),
  );
}
