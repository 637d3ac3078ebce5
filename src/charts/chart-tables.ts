import { type Chart, type ChartEdge, statesOf } from './chart.ts';
import { anywhereOf } from './mermaid.ts';

/**
 * What a call takes wherever it is, as a Markdown table: the handlers of the
 * states that hold others, which a picture would draw as an arrow from everything.
 * Empty for a chart without any.
 */
export function anywhereTable(chart: Chart): string {
  const rows = anywhereOf(chart).map((edge) => [inPlace(edge.from, chart), ...cells(edge, chart)]);
  if (rows.length === 0) return '';
  return ['**From anywhere inside a state:**', table(['inside', 'on', 'if', 'to', 'does'], rows)].join(
    '\n\n',
  );
}

/** Every transition of every state that holds no others, in the order in which the chart declares them. */
export function transitionTables(chart: Chart): string {
  const parents = new Set(anywhereOf(chart).map(({ key }) => key));
  const rows = chart.edges
    .filter(({ key }) => !parents.has(key))
    .map((edge) => [inPlace(edge.from, chart), ...cells(edge, chart)]);
  return ['**Every other transition:**', table(['in', 'on', 'if', 'to', 'does'], rows)].join('\n\n');
}

function cells(edge: ChartEdge, chart: Chart): string[] {
  return [
    code(edge.event),
    edge.guard === undefined ? '' : code(edge.guard),
    edge.to === undefined ? '' : inPlace(edge.to, chart),
    edge.note ?? edge.actions.map(code).join(', '),
  ];
}

function inPlace(id: string, chart: Chart): string {
  const state = statesOf(chart).find((node) => node.id === id);
  return state === undefined ? 'anywhere' : code(state.path);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const code = (words: string) => `\`${words.replaceAll('|', '\\|')}\``;
