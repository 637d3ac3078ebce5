import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxOf } from '../../../console/chart/drawing.ts';
import {
  lineEnds,
  type Neighbour,
  neighboursOutOfSight,
  placed,
} from '../../../console/chart/leaving-lines.ts';
import { centredOn } from '../../../console/chart/viewport.ts';
import { chartPicture } from '../../support/chart-picture.ts';
import { holds } from '../../support/properties.ts';

const picture = chartPicture();
const ends = lineEnds(picture);
const paths = new Map(picture.nodes.map((node) => [node.id, node.path]));
const pane = { width: 500, height: 300 };

/** The pane with a state in its middle. */
function neighboursOf(path: string): string[] {
  const node = boxOf(new Map(picture.nodes.map((each) => [each.path, each])), path);
  if (node === undefined) throw new Error(`${path} is not drawn`);
  const view = centredOn({ x: 0, y: 0, k: 1 }, node.x + node.width / 2, node.y + node.height / 2, pane);
  return neighboursOutOfSight(picture, ends, view, pane).map(
    ({ node: { path: other }, isTarget }) => `${isTarget ? 'to' : 'from'} ${other}`,
  );
}

describe('the ends of a line', () => {
  test('the ends of a line are the states that its transitions name', () => {
    for (const [index, { edges }] of picture.lines.entries()) {
      const edge = picture.edges.find(({ id }) => id === edges[0]);
      if (edge === undefined) continue;
      const [source, target] = [paths.get(edge.source), paths.get(edge.target ?? '')];
      expect([ends[index]?.source?.path, ends[index]?.target?.path], edge.id).toEqual([source, target]);
    }
  });
});

describe('what is out of sight', () => {
  test('what is out of sight is named where a line of a state in sight leads there, or comes from there', () => {
    expect(neighboursOf('ending.settling')).toContain('from transferring.connected');
    expect(neighboursOf('conversing.responding')).toEqual(
      expect.arrayContaining(['to conversing.interrupted', 'from conversing.listening.awaitingReply']),
    );
  });

  test('what is out of sight is nothing where all of the chart is in sight', () => {
    const whole = { width: picture.width, height: picture.height };
    expect(neighboursOutOfSight(picture, ends, { x: 0, y: 0, k: 1 }, whole)).toEqual([]);
  });
});

test('names along a side never lie on one another, and stay on it', () => {
  const [node] = picture.nodes;
  if (node === undefined) throw new Error('no state is drawn');
  const name = fc.record({ at: fc.nat(600), length: fc.integer({ min: 10, max: 120 }) });
  holds(
    fc.property(fc.array(name, { maxLength: 12 }), (names) => {
      const neighbours = names.map(({ at }): Neighbour => ({ node, isTarget: true, side: 'top', at }));
      const lengths = names.map(({ length }) => length);
      const out = placed(neighbours, lengths, { from: 20, to: 500 });
      let end = 20;
      for (const { neighbour, at } of out) {
        expect(at).toBeGreaterThanOrEqual(end);
        end = at + (lengths[neighbours.indexOf(neighbour)] ?? 0);
        expect(end).toBeLessThanOrEqual(500);
      }
    }),
  );
});
