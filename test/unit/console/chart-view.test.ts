import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrowOf, boxOf, neighbourOf, pathOf } from '../../../console/chart/drawing.ts';
import { fitted, panned, revealed, zoomed } from '../../../console/chart/viewport.ts';
import { chartPicture } from '../../support/chart-picture.ts';
import { holds } from '../../support/properties.ts';

const pane = { width: 600, height: 400 };
const view = fc.record({
  x: fc.double({ min: -2000, max: 2000, noNaN: true }),
  y: fc.double({ min: -2000, max: 2000, noNaN: true }),
  k: fc.double({ min: 0.1, max: 3, noNaN: true }),
});

describe('the view of a drawing', () => {
  test('the view of a drawing fits the whole of it into the middle of the pane', () => {
    const { x, y, k } = fitted({ width: 1000, height: 2000 }, pane);
    expect(k).toBeCloseTo(372 / 2000);
    expect(y).toBeCloseTo(14);
    expect(x).toBeCloseTo((600 - k * 1000) / 2);
  });

  test('the view of a drawing does not blow a small one up', () => {
    expect(fitted({ width: 10, height: 10 }, pane).k).toBe(1.25);
  });

  test('the view of a drawing zooms around a point that stays where it is', () => {
    holds(
      fc.property(
        view,
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.nat(600),
        fc.nat(400),
        (before, factor, x, y) => {
          const after = zoomed(before, factor, { x, y });
          const [px, py] = [(x - before.x) / before.k, (y - before.y) / before.k];
          expect(after.x + after.k * px).toBeCloseTo(x, 3);
          expect(after.y + after.k * py).toBeCloseTo(y, 3);
        },
      ),
    );
  });

  test('the view of a drawing brings a box into sight, and does not move for one that is there', () => {
    holds(
      fc.property(view, fc.nat(3000), fc.nat(3000), (before, x, y) => {
        const after = revealed(before, { x, y, width: 50, height: 20 }, pane);
        const centre = { x: after.x + after.k * (x + 25), y: after.y + after.k * (y + 10) };
        expect(centre.x).toBeGreaterThan(0);
        expect(centre.x).toBeLessThan(pane.width);
        expect(centre.y).toBeGreaterThan(0);
        expect(centre.y).toBeLessThan(pane.height);
        const again = revealed(after, { x, y, width: 50, height: 20 }, pane);
        expect(again.x).toBeCloseTo(after.x, 6);
        expect(again.y).toBeCloseTo(after.y, 6);
      }),
    );
    const still = panned({ x: 0, y: 0, k: 1 }, 0, 0);
    expect(revealed(still, { x: 280, y: 190, width: 40, height: 20 }, pane)).toBe(still);
  });
});

describe('a drawing', () => {
  const { overview } = chartPicture();
  const nodes = new Map(overview.nodes.map((node) => [node.path, node]));

  test('a drawing rounds the bends of its lines and leaves room for the head', () => {
    const bent = [
      { x: 0, y: 0 },
      { x: 0, y: 50 },
      { x: 50, y: 50 },
    ];
    expect(pathOf(bent)).toBe('M0 0L0 43Q0 50 7 50L43 50');
    expect(arrowOf(bent)).toBe('50 50 43 46.5 43 53.5');
    expect(pathOf([])).toBe('');
    expect(arrowOf([{ x: 1, y: 1 }])).toBe('');
  });

  test('a drawing shows a state that is folded away as the box that it lies in', () => {
    expect(boxOf(nodes, 'conversing.listening.quiet')?.path).toBe('conversing.listening');
    expect(boxOf(nodes, 'connecting')?.path).toBe('connecting');
    expect(boxOf(nodes, 'nowhere')).toBeUndefined();
  });

  test('a drawing has a box for every state outside, and for who has the floor', () => {
    expect([...nodes.keys()].filter((path) => path.startsWith('conversing.')).sort()).toEqual([
      'conversing.greeting',
      'conversing.interrupted',
      'conversing.listening',
      'conversing.responding',
      'conversing.toolExecuting',
    ]);
    expect(overview.lines.every(({ points }) => points.length >= 2)).toBe(true);
  });

  test('a drawing can be walked by arrows from every state to every other', () => {
    const start = nodes.get('connecting');
    const reached = new Set(start === undefined ? [] : [start]);
    for (const node of reached) {
      for (const direction of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const) {
        const next = neighbourOf(overview.nodes, node, direction);
        if (next !== undefined) reached.add(next);
      }
    }
    expect([...reached].map(({ path }) => path).sort()).toEqual([...nodes.keys()].sort());
  });
});
