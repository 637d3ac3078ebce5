import { type CSSProperties, memo, useEffect, useMemo, useRef } from 'react';
import { ChartGrounds, ChartStates } from './chart-boxes.tsx';
import { useChartCursor } from './chart-cursor.ts';
import { ChartLines, type LineLook } from './chart-lines.tsx';
import { ChartTools } from './chart-tools.tsx';
import { boxOf, type Drawing, type DrawnNode } from './drawing.ts';
import { MiniMap } from './mini-map.tsx';
import { NeighbourNames } from './neighbour-names.tsx';
import { useViewport } from './use-viewport.ts';
import type { Rect, View } from './viewport.ts';
import './chart-view.css';
import './chart-distance.css';

export interface ChartViewProps {
  readonly drawing: Drawing;
  /** What the drawing shows, for screen readers. */
  readonly label: string;
  /** Paths of the active states, outermost first. */
  readonly active?: readonly string[] | undefined;
  /** Ids of the transitions just taken; they are drawn again when `step` changes. */
  readonly taken?: readonly string[] | undefined;
  readonly step?: number | undefined;
  /** How often each transition has been taken. */
  readonly way?: ReadonlyMap<string, number> | undefined;
  /** The second, smaller line of a box, by path: an inner state, or a time. */
  readonly notes?: ReadonlyMap<string, string> | undefined;
  readonly selected?: string | undefined;
  readonly onSelect?: ((path: string) => void) | undefined;
  /** True keeps the innermost active state in sight. */
  readonly isFollowing?: boolean | undefined;
  /** How a line looks, by its index; undefined for a plain line. */
  readonly lineLook?: ((line: number) => LineLook | undefined) | undefined;
  /** Called when the viewer chooses a line; undefined: lines cannot be chosen. */
  readonly onLine?: ((line: number) => void) | undefined;
  /** The events that transitions are taken for, by the ids of the transitions: written on a line when it is taken. */
  readonly words?: ReadonlyMap<string, string> | undefined;
  readonly children?: React.ReactNode;
}

/** Below this scale, lines have no words, and names are as large as their boxes allow. */
const NEAR = 0.55;
const NOTHING: ReadonlyMap<string, string> = new Map();
const NONE: readonly string[] = [];

/**
 * Draws a statechart, with its active states, the transitions taken, zoom and pan. It is
 * one tab stop: arrows go from state to state, Enter opens one, + - 0 zoom and fit.
 */
export const ChartView = memo(function ChartView({
  drawing,
  label,
  active = NONE,
  taken = NONE,
  step = 0,
  way,
  notes = NOTHING,
  selected,
  onSelect,
  isFollowing = false,
  lineLook,
  onLine,
  words,
  children,
}: ChartViewProps) {
  const pane = useRef<HTMLDivElement>(null);
  const viewport = useViewport(pane, drawing);
  const { view, size, isEased, reveal, lookAt } = viewport;
  const isNear = view.k >= NEAR;
  const nodes = useMemo(() => new Map(drawing.nodes.map((node) => [node.path, node])), [drawing]);
  const lit = useMemo(
    () => new Set(active.flatMap((path) => boxOf(nodes, path)?.path ?? [])),
    [active, nodes],
  );
  useFollowing(isFollowing ? active.at(-1) : undefined, nodes, reveal);
  const { atCursor, onKeyDown } = useChartCursor(pane, viewport, { drawing, nodes, lit, selected, onSelect });

  return (
    <div className="chart-view">
      <div ref={pane} className="chart-pane" onPointerDown={viewport.onPointerDown}>
        <svg className="chart-paper" role="group" aria-label={label} onKeyDown={onKeyDown}>
          <g
            className="chart-drawing"
            data-eased={isEased || undefined}
            data-distance={isNear ? 'near' : 'far'}
            style={styleOf(view)}
          >
            <ChartGrounds drawing={drawing} />
            <ChartLines {...{ drawing, taken, step, way, lineLook, onLine, words }} />
            <ChartStates {...{ drawing, lit, selected, atCursor, notes, onSelect }} />
          </g>
        </svg>
      </div>
      {isNear && (
        <NeighbourNames
          {...{ drawing, view, size }}
          onGo={(node) => {
            lookAt(node.x + node.width / 2, node.y + Math.min(node.height, size.height / view.k) / 2);
          }}
        />
      )}
      {children}
      {size.width > 0 && <MiniMap {...{ drawing, view, size, lit }} onLookAt={lookAt} />}
      <ChartTools onZoom={viewport.zoom} onFit={viewport.fit} />
    </div>
  );
});

/** Moves the drawing so that a state is in sight; undefined for none. */
function useFollowing(
  path: string | undefined,
  nodes: ReadonlyMap<string, DrawnNode>,
  reveal: (box: Rect) => void,
): void {
  useEffect(() => {
    const box = path === undefined ? undefined : boxOf(nodes, path);
    if (box !== undefined) reveal(box);
  }, [path, nodes, reveal]);
}

const styleOf = ({ x, y, k }: View) =>
  ({
    transform: `translate(${String(x)}px, ${String(y)}px) scale(${String(k)})`,
    '--k': k,
  }) as CSSProperties;
