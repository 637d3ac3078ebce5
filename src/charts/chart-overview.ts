import type { Chart, ChartEdge, ChartNode } from './chart.ts';

/**
 * The same chart from further away: only the states named stay open, every other
 * is folded, and what happens inside it is not shown. Guards of events are left
 * out: which of several arrows is taken is a matter of the near view.
 *
 * @param open - Paths of the states to leave open (`conversing`); the root always is.
 */
export function overviewOf(chart: Chart, open: ReadonlySet<string>): Chart {
  /** Each state's id, and the id of the box it is seen as. */
  const seenAs = new Map<string, string>();

  const fold = (node: ChartNode, into: string | undefined): ChartNode => {
    seenAs.set(node.id, into ?? node.id);
    const isOpen = into === undefined && (node.path === '' || open.has(node.path));
    const children = node.children.map((child) => fold(child, isOpen ? undefined : (into ?? node.id)));
    if (isOpen || children.length === 0) return { ...node, children };
    return { ...node, type: 'atomic', initial: undefined, children: [] };
  };

  const root = fold(chart.root, undefined);
  const edges = chart.edges.flatMap((edge): ChartEdge[] => {
    const from = seenAs.get(edge.from) ?? edge.from;
    const to = edge.to === undefined ? from : (seenAs.get(edge.to) ?? edge.to);
    return from === to ? [] : [{ ...edge, from, to, guard: edge.kind === 'always' ? edge.guard : undefined }];
  });
  return { id: chart.id, root, edges };
}
