import { beforeAll, describe, expect, test } from 'vitest';
import { type Chart, chartOf } from '../../../src/charts/chart.ts';
import { type ChartLayout, type Area, layOut, type Point } from '../../../src/charts/chart-layout.ts';
import { piecesOf } from '../../../src/charts/chart-regions.ts';
import { overviewOf } from '../../../src/charts/chart-overview.ts';
import { callMachine } from '../../../src/machines/call/call.machine.ts';
import { sessionMachine } from '../../../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../../../src/machines/tool-call/tool-call.machine.ts';

/** The largest chart takes a second when the machine is idle. */
const PATIENCE_MS = 60_000;
/** What two boxes may share before an eye sees it, in px: coordinates are rounded when they are drawn. */
const NOTHING_PX = 0.1;

const call = chartOf(callMachine);
const charts: Record<string, Chart> = {
  'the whole call': call,
  'the call from afar': overviewOf(call, new Set(['conversing'])),
  'a session': chartOf(sessionMachine),
  'a tool call': chartOf(toolCallMachine),
};

const isOver = (one: Area, other: Area) =>
  Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x) > NOTHING_PX &&
  Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y) > NOTHING_PX;

const isOnEdge = ({ x, y }: Point, { x: left, y: top, width, height }: Area) =>
  ((Math.abs(x - left) <= 1 || Math.abs(x - left - width) <= 1) && y >= top - 1 && y <= top + height + 1) ||
  ((Math.abs(y - top) <= 1 || Math.abs(y - top - height) <= 1) && x >= left - 1 && x <= left + width + 1);

/** The stretches of a line, as boxes without a width. */
const stretches = (points: readonly Point[]): Area[] =>
  points.slice(1).map((end, at) => {
    const start = points[at] ?? end;
    return {
      x: Math.min(start.x, end.x) - 0.5,
      y: Math.min(start.y, end.y) - 0.5,
      width: Math.abs(start.x - end.x) + 1,
      height: Math.abs(start.y - end.y) + 1,
    };
  });

describe.each(Object.entries(charts))('the layout of %s', (name, chart) => {
  let layout: ChartLayout;
  beforeAll(async () => {
    layout = await layOut(chart);
  }, PATIENCE_MS);
  const labels = () => layout.lines.flatMap(({ label, edges }) => (label ? [{ ...label, edges }] : []));
  const leaves = () => layout.boxes.filter(({ node }) => node.children.length === 0);

  test(`the layout of ${name} writes no label over another one`, () => {
    const all = labels();
    const over = all.flatMap((one, at) =>
      all
        .slice(at + 1)
        .filter((other) => isOver(one, other))
        .map((other) => [one.rows, other.rows]),
    );
    expect(all.length).toBeGreaterThan(0);
    expect(over).toEqual([]);
  });

  test(`the layout of ${name} writes no label over a state, nor over the name of one`, () => {
    const titles = layout.boxes.map((box) => ({
      ...box,
      height: Math.min(box.height, 26),
      width: box.width,
    }));
    const names = titles.map((box) => ({
      ...box,
      width: box.node.children.length === 0 ? box.width : box.node.key.length * 7.4 + 12,
    }));
    const over = labels().flatMap((label) =>
      [...leaves(), ...names].filter((box) => isOver(label, box)).map(({ node }) => [label.rows, node.path]),
    );
    expect(over).toEqual([]);
  });

  test(`the layout of ${name} writes a label on its own line, and no other line runs through it`, () => {
    for (const { label, points, edges } of layout.lines) {
      if (label === undefined) continue;
      expect(
        stretches(points).some((stretch) => isOver(label, stretch)),
        edges[0]?.key,
      ).toBe(true);
    }
    const through = labels().flatMap((label) =>
      layout.lines
        .filter(
          ({ edges, points }) => edges !== label.edges && stretches(points).some((s) => isOver(label, s)),
        )
        .map(({ edges }) => [label.rows, edges[0]?.key]),
    );
    expect(through).toEqual([]);
  });

  test(`the layout of ${name} has a line for each transition to another state, from edge to edge`, () => {
    const drawn = layout.lines.flatMap(({ edges }) => edges.map(({ key }) => key));
    const leading = chart.edges.filter(({ from, to }) => to !== undefined && to !== from);
    expect(drawn.toSorted()).toEqual(leading.map(({ key }) => key).toSorted());
    const boxes = new Map<string, Area>(layout.boxes.map((box) => [box.node.id, box]));
    boxes.set(chart.root.id, layout.frame);
    for (const { edges, points } of layout.lines) {
      const [edge] = edges;
      const [from, to] = [boxes.get(edge?.from ?? ''), boxes.get(edge?.to ?? '')];
      const [first, last] = [points[0], points.at(-1)];
      if (edge === undefined || !from || !to || !first || !last) continue;
      expect([isOnEdge(first, from), isOnEdge(last, to)], edge.key).toEqual([true, true]);
    }
  });
});

test('to hang up is a line from the frame of the call', async () => {
  const far = overviewOf(piecesOf(call).floor, new Set(['conversing']));
  const { lines } = await layOut(far, 'compact');
  const ending = lines.filter(({ edges }) => edges.some(({ event }) => event === 'phone.stopped'));
  expect(ending.map(({ edges: [edge] }) => [edge?.from, edge?.to])).toEqual([
    ['call', 'call.alive.floor.ending'],
  ]);
});
