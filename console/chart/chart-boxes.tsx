import { ChartNode } from './chart-node.tsx';
import type { Drawing, DrawnNode } from './drawing.ts';

/** Draws what is under the lines: the frame of the chart, and the background of states that have inner states. */
export function ChartGrounds({ drawing }: { readonly drawing: Drawing }) {
  return (
    <>
      {drawing.frame !== undefined && <rect className="chart-machine" {...drawing.frame} rx="10" />}
      {drawing.nodes
        .filter(({ kind }) => kind === 'compound' || kind === 'parallel')
        .map(({ id, x, y, width, height, kind }) => (
          <rect key={id} className="chart-ground" data-kind={kind} {...{ x, y, width, height }} rx="10" />
        ))}
    </>
  );
}

interface ChartStatesProps {
  readonly drawing: Drawing;
  /** Paths of the boxes that the call is in, outermost first. */
  readonly lit: ReadonlySet<string>;
  readonly selected: string | undefined;
  readonly atCursor: DrawnNode | undefined;
  /** The second, smaller line of a box, by path. */
  readonly notes: ReadonlyMap<string, string>;
  readonly onSelect: ((path: string) => void) | undefined;
}

/** Draws what is over the lines: the dots at which the chart begins, and its states. */
export function ChartStates({ drawing, lit, selected, atCursor, notes, onSelect }: ChartStatesProps) {
  return (
    <>
      {drawing.dots.map(({ x, y }) => (
        <circle key={`${String(x)} ${String(y)}`} className="chart-dot" cx={x} cy={y} r="4" />
      ))}
      {drawing.nodes.map((node) => (
        <ChartNode
          key={node.id}
          node={node}
          isActive={lit.has(node.path)}
          isInnermost={lit.has(node.path) && [...lit].at(-1) === node.path}
          isSelected={node.path === selected}
          isCursor={node === atCursor}
          note={notes.get(node.path)}
          onSelect={onSelect}
        />
      ))}
    </>
  );
}
