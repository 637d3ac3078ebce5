import type { PictureLine, PictureNode } from '../../src/protocol/console-chart.ts';
import type { Rect } from './viewport.ts';

/** The part of a chart's picture, or of its overview, that is drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The frame around the chart; pictures of older engines have none. */
  readonly frame?: Rect | undefined;
  /** Parents before their children. */
  readonly nodes: readonly DrawnNode[];
  readonly lines: readonly PictureLine[];
  readonly dots: readonly Point[];
}

export type DrawnNode = Pick<PictureNode, 'id' | 'path' | 'key' | 'kind' | 'x' | 'y' | 'width' | 'height'>;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The radius of a line's bends, in px. */
const BEND = 7;

/** The SVG path data of a line, with round bends. It ends an arrow's length before the last point. */
export function pathOf(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const parts = [`M${place(first)}`];
  for (let at = 1; at < points.length; at++) {
    const [before, here, after] = [points[at - 1], points[at], points[at + 1]];
    if (before === undefined || here === undefined) continue;
    if (after === undefined) parts.push(`L${place(towards(here, before, ARROW))}`);
    else {
      const bend = Math.min(BEND, distance(before, here) / 2, distance(here, after) / 2);
      parts.push(
        `L${place(towards(here, before, bend))}Q${place(here)} ${place(towards(here, after, bend))}`,
      );
    }
  }
  return parts.join('');
}

/** The length and half the width of an arrow's head, in px. */
const ARROW = 7;
const ARROW_HALF = 3.5;

/** The head of a line's arrow as the `points` of an SVG polygon. */
export function arrowOf(points: readonly Point[]): string {
  const [tip, before] = [points.at(-1), points.at(-2)];
  if (tip === undefined || before === undefined) return '';
  const base = towards(tip, before, ARROW);
  const [dx, dy] = [((base.x - tip.x) / ARROW) * ARROW_HALF, ((base.y - tip.y) / ARROW) * ARROW_HALF];
  return [tip, { x: base.x - dy, y: base.y + dx }, { x: base.x + dy, y: base.y - dx }].map(place).join(' ');
}

/** The middle of a line's longest straight part: a word there hides least. */
export function middleOf(points: readonly Point[]): Point {
  let best = { length: -1, at: points[0] ?? { x: 0, y: 0 } };
  for (const [index, here] of points.entries()) {
    const next = points[index + 1];
    if (next === undefined) break;
    const length = distance(here, next);
    if (length > best.length) best = { length, at: { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 } };
  }
  return best.at;
}

const place = ({ x, y }: Point) => `${rounded(x)} ${rounded(y)}`;
const rounded = (px: number) => String(Math.round(px * 10) / 10);
const distance = (one: Point, other: Point) => Math.hypot(other.x - one.x, other.y - one.y);

function towards(from: Point, to: Point, px: number): Point {
  const length = distance(from, to);
  if (length === 0) return from;
  const share = Math.min(1, px / length);
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** The nearest box in a direction. Distance to the side counts twice. */
export function neighbourOf<Box extends Rect>(
  boxes: readonly Box[],
  from: Rect,
  direction: Direction,
): Box | undefined {
  const isAcross = direction === 'ArrowLeft' || direction === 'ArrowRight';
  const sign = direction === 'ArrowLeft' || direction === 'ArrowUp' ? -1 : 1;
  const here = centre(from);
  let best: { readonly box: Box; readonly cost: number } | undefined;
  for (const box of boxes) {
    const there = centre(box);
    const [ahead, aside] = isAcross
      ? [sign * (there.x - here.x), Math.abs(there.y - here.y)]
      : [sign * (there.y - here.y), Math.abs(there.x - here.x)];
    if (ahead <= 1) continue;
    const cost = ahead + 2 * aside;
    if (best === undefined || cost < best.cost) best = { box, cost };
  }
  return best?.box;
}

const centre = ({ x, y, width, height }: Rect) => ({ x: x + width / 2, y: y + height / 2 });

/** The box of a state, or else of the nearest state around it that is drawn. */
export function boxOf<Node extends { readonly path: string }>(
  nodes: ReadonlyMap<string, Node>,
  path: string,
): Node | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const node = nodes.get(at);
    if (node !== undefined) return node;
  }
  return undefined;
}
