import type { Chart, ChartEdge, ChartNode } from './chart.ts';

/**
 * Draws a chart as Mermaid's `stateDiagram-v2`, which GitHub shows.
 *
 * A state with children is a box. What its parent takes on its behalf is not
 * drawn: Mermaid hides arrows from a box into itself, and an arrow for
 * every way to hang up would hide all others. `anywhereOf` lists those.
 */
export function toMermaid(chart: Chart): string {
  const lines = ['stateDiagram-v2', ...boxes(chart.root, '  ')];
  const labels = new Map<string, string[]>();
  for (const edge of arrowsOf(chart)) {
    // One arrow for each pair of states: Mermaid draws parallel ones on top of each other.
    const arrow = `${mermaidId(edge.from)} --> ${mermaidId(edge.to)}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), escape(labelOf(edge))]);
  }
  for (const [arrow, texts] of labels) lines.push(`  ${arrow}: ${[...new Set(texts)].join('<br/>')}`);
  return lines.join('\n');
}

/** An edge that leads somewhere and is drawn as an arrow. */
export type Arrow = ChartEdge & { readonly to: string };

/** The edges to draw: those that leave their state, but for what a parent takes on behalf of its children. */
export function arrowsOf({ edges }: Chart): Arrow[] {
  return edges.filter((edge): edge is Arrow => edge.to !== undefined && !isFromAnywhere(edge));
}

/** What the states with children take wherever inside them the call is, and that leads into them or to the side of them. */
export function anywhereOf({ edges, root }: Chart): ChartEdge[] {
  const parents = new Set<string>();
  const visit = (node: ChartNode): void => {
    if (node.children.length > 0) parents.add(node.id);
    node.children.forEach(visit);
  };
  visit(root);
  return edges.filter(({ from, kind }) => parents.has(from) && kind !== 'done' && kind !== 'always');
}

/** The event, with its guard in brackets. */
export const labelOf = ({ event, guard }: ChartEdge) => (guard === undefined ? event : `${event} [${guard}]`);

const isFromAnywhere = ({ from, to }: ChartEdge) => to === from || to?.startsWith(`${from}.`) === true;

function boxes(node: ChartNode, pad: string): string[] {
  const lines = node.children.flatMap((child, at) => [
    ...(node.type === 'parallel' && at > 0 ? [`${pad}--`] : []),
    ...box(child, pad),
  ]);
  if (node.initial !== undefined) lines.unshift(`${pad}[*] --> ${mermaidId(node.initial)}`);
  return lines;
}

function box(node: ChartNode, pad: string): string[] {
  const head = `${pad}state "${node.key}" as ${mermaidId(node.id)}`;
  if (node.type === 'final') return [head, `${pad}${mermaidId(node.id)} --> [*]`];
  return node.children.length === 0 ? [head] : [`${head} {`, ...boxes(node, `${pad}  `), `${pad}}`];
}

/** A dot or a dash ends an id in Mermaid. */
const mermaidId = (id: string) => id.replace(/[^A-Za-z0-9]/g, '_');

const escape = (text: string) => text.replace(/[;:#]/g, (sign) => `#${String(sign.charCodeAt(0))};`);
