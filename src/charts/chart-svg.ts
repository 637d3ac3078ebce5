import type { Chart } from './chart.ts';
import {
  type Box,
  type ChartLayout,
  DOT_RADIUS,
  type Area,
  type Label,
  layOut,
  type DrawnLine,
  type Point,
  ROW_HEIGHT,
} from './chart-layout.ts';

/**
 * Draws a chart as SVG that stands alone: no script, no font, no library.
 *
 * Boxes carry `data-state` (the state's id) and lines `data-edges` (the keys of
 * the transitions they stand for, separated by spaces), so that a page can light
 * what a frame names: add the class `active` to a box, `taken` to a line.
 */
export async function drawChart(chart: Chart): Promise<string> {
  return writeSvg(chart, await layOut(chart));
}

function writeSvg({ id }: Chart, { width, height, frame, boxes, dots, lines }: ChartLayout): string {
  const size = `${String(width)} ${String(height)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${String(width)}" height="${String(height)}" role="img" aria-label="The ${text(id)} chart">`,
    `<style>${STYLE}</style>`,
    ARROW_HEAD,
    `<rect class="paper" width="${String(width)}" height="${String(height)}" rx="8"/>`,
    `<rect class="frame" ${rect(frame)} rx="8"/>`,
    ...boxes.map(box),
    ...lines.map(line),
    // Above every line, so that no arrow crosses a word.
    ...lines.flatMap(({ label }) => (label === undefined ? [] : rowsOf(label))),
    ...dots.map(({ x, y }) => `<circle class="dot" cx="${px(x)}" cy="${px(y)}" r="${String(DOT_RADIUS)}"/>`),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = [
  'svg{font:12px ui-sans-serif,system-ui,"Segoe UI","DejaVu Sans",sans-serif}',
  '.paper{fill:#fff}',
  '.state rect{fill:#fff;stroke:#64748b;stroke-width:1.3}',
  '.compound rect,.parallel rect{fill:#64748b;fill-opacity:.06}',
  '.parallel rect{stroke-dasharray:5 3}',
  '.final rect{fill:#e2e8f0}',
  '.state text{fill:#0f172a}',
  '.compound text,.parallel text{font-weight:600}',
  '.edge{fill:none;stroke:#475569;stroke-width:1.1}',
  '.after{stroke:#b45309}',
  '.error{stroke:#b91c1c}',
  '.always{stroke:#7c3aed}',
  '.done{stroke:#15803d}',
  '.frame{fill:none;stroke:#cbd5e1}',
  '.ground{fill:#fff;fill-opacity:.92}',
  '.label{font-size:10px;fill:#334155;text-anchor:middle}',
  '.guard{fill:#64748b;font-style:italic}',
  '.dot{fill:#0f172a}',
  '.active rect{fill:#dbeafe;fill-opacity:1;stroke:#1d4ed8;stroke-width:2.4}',
  '.taken{stroke:#1d4ed8;stroke-width:3}',
].join('');

const ARROW_HEAD =
  '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>';

function box({ node, x, y, width, height }: Box): string {
  const isParent = node.children.length > 0;
  const at = isParent ? `x="${px(x + 12)}"` : `x="${px(x + width / 2)}" text-anchor="middle"`;
  return [
    `<g class="state ${node.type}" data-state="${text(node.id)}">`,
    `<rect ${rect({ x, y, width, height })} rx="7"/>`,
    `<text ${at} y="${px(y + 19)}">${text(node.key)}</text></g>`,
  ].join('');
}

function line({ points, edges }: DrawnLine): string {
  const kinds = new Set(edges.map(({ kind }) => kind));
  // A line for several kinds of transition is drawn as the plainest.
  const [kind = 'event'] = kinds.size === 1 ? kinds : [];
  const keys = edges.length === 0 ? '' : ` data-edges="${text(edges.map(({ key }) => key).join(' '))}"`;
  return `<path class="edge ${kind}"${keys} d="M${points.map(point).join('L')}" marker-end="url(#head)"/>`;
}

const rowsOf = ({ rows, ...place }: Label) => [
  `<rect class="ground" ${rect(place)} rx="3"/>`,
  ...rows.map((row, at) => {
    const isGuard = row.startsWith('[');
    const baseline = place.y + (at + 1) * ROW_HEIGHT - 4;
    return `<text class="label${isGuard ? ' guard' : ''}" x="${px(place.x + place.width / 2)}" y="${px(baseline)}">${text(row)}</text>`;
  }),
];

const rect = ({ x, y, width, height }: Area) =>
  `x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"`;

const point = ({ x, y }: Point) => `${px(x)} ${px(y)}`;

/** A tenth of a pixel is enough, and the same on every machine. */
const px = (length: number) => String(Math.round(length * 10) / 10);

const text = (words: string) => words.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
