import { type CSSProperties, memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { ChartLines, type LineLook } from './chart-lines.tsx';
import { ChartNode } from './chart-node.tsx';
import { ChartTools } from './chart-tools.tsx';
import { boxOf, type Direction, type Drawing, neighbourOf } from './drawing.ts';
import { MiniMap } from './mini-map.tsx';
import { NeighbourNames } from './neighbour-names.tsx';
import { useViewport } from './use-viewport.ts';
import './chart-view.css';
import './chart-distance.css';

export interface ChartViewProps {
  readonly drawing: Drawing;
  /** What the drawing is, for those who do not see it. */
  readonly label: string;
  /** Paths of the active states, outermost first. */
  readonly active?: readonly string[] | undefined;
  /** Keys of the transitions just taken; drawn anew whenever `step` changes. */
  readonly taken?: readonly string[] | undefined;
  readonly step?: number | undefined;
  /** How often each transition has been taken. */
  readonly way?: ReadonlyMap<string, number> | undefined;
  /** A second, smaller line in a box, by path: where within it the call is, what time is left. */
  readonly notes?: ReadonlyMap<string, string> | undefined;
  readonly selected?: string | undefined;
  readonly onSelect?: ((path: string) => void) | undefined;
  /** Keeps the innermost active state in view. */
  readonly isFollowing?: boolean | undefined;
  /** How a line looks, by its index; the plain look where absent. */
  readonly lineLook?: ((line: number) => LineLook | undefined) | undefined;
  /** Lines can be chosen. */
  readonly onLine?: ((line: number) => void) | undefined;
  /** What transitions are taken for, by their keys: written on a line when it is taken. */
  readonly words?: ReadonlyMap<string, string> | undefined;
  readonly children?: React.ReactNode;
}

const STEP_PX = 60;
/** Below this size lines have no words, and names are as large as their boxes allow. */
const NEAR = 0.55;
const NOTHING: ReadonlyMap<string, string> = new Map();
const NONE: readonly string[] = [];

/**
 * A statechart that is drawn, lit and walked through. One tab stop: arrows go
 * from state to state, Enter opens one, + - 0 zoom and fit.
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
  const [cursor, setCursor] = useState<string>();
  const nodes = useMemo(() => new Map(drawing.nodes.map((node) => [node.path, node])), [drawing]);

  const lit = useMemo(
    () => new Set(active.flatMap((path) => boxOf(nodes, path)?.path ?? [])),
    [active, nodes],
  );
  const innermost = active.at(-1);
  useEffect(() => {
    const box = innermost === undefined ? undefined : boxOf(nodes, innermost);
    if (isFollowing && box !== undefined) reveal(box);
  }, [isFollowing, innermost, nodes, reveal]);

  const atCursor =
    nodes.get(cursor ?? selected ?? '') ?? [...lit].map((path) => nodes.get(path)).at(-1) ?? drawing.nodes[0];

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (isDirection(event.key)) {
      if (event.shiftKey) viewport.pan(...PAN[event.key]);
      else {
        const next = atCursor && neighbourOf(drawing.nodes, atCursor, event.key);
        if (next !== undefined) {
          setCursor(next.path);
          reveal(next);
          focusState(pane.current, next.path);
        }
      }
    } else if (event.key === '+' || event.key === '=') viewport.zoom(1.25);
    else if (event.key === '-') viewport.zoom(0.8);
    else if (event.key === '0') viewport.fit();
    else if ((event.key === 'Enter' || event.key === ' ') && atCursor !== undefined)
      onSelect?.(atCursor.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="chart-view">
      <div ref={pane} className="chart-pane" onPointerDown={viewport.onPointerDown}>
        <svg className="chart-paper" role="group" aria-label={label} onKeyDown={onKeyDown}>
          <g
            className="chart-drawing"
            data-eased={isEased || undefined}
            data-distance={isNear ? 'near' : 'far'}
            style={
              {
                transform: `translate(${String(view.x)}px, ${String(view.y)}px) scale(${String(view.k)})`,
                '--k': view.k,
              } as CSSProperties
            }
          >
            {drawing.frame !== undefined && <rect className="chart-machine" {...drawing.frame} rx="10" />}
            {drawing.nodes
              .filter(({ kind }) => kind === 'compound' || kind === 'parallel')
              .map(({ id, x, y, width, height, kind }) => (
                <rect
                  key={id}
                  className="chart-ground"
                  data-kind={kind}
                  {...{ x, y, width, height }}
                  rx="10"
                />
              ))}
            <ChartLines
              drawing={drawing}
              taken={taken}
              step={step}
              way={way}
              lineLook={lineLook}
              onLine={onLine}
              words={words}
            />
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

const PAN: Record<Direction, [number, number]> = {
  ArrowUp: [0, STEP_PX],
  ArrowDown: [0, -STEP_PX],
  ArrowLeft: [STEP_PX, 0],
  ArrowRight: [-STEP_PX, 0],
};

const isDirection = (key: string): key is Direction => key in PAN;

function focusState(pane: HTMLElement | null, path: string): void {
  const state = pane?.querySelector(`[data-path="${CSS.escape(path)}"]`);
  if (state instanceof SVGElement) state.focus({ preventScroll: true });
}
