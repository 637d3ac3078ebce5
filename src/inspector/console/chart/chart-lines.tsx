import { type CSSProperties, memo, useMemo } from 'react';
import { arrowOf, type Drawing, middleOf, pathOf } from './drawing.ts';

/** How a line looks beside the plain one. */
export interface LineLook {
  /** Width in px of the drawing. */
  readonly width?: number;
  /** Strength of the accent, 0 to 1. */
  readonly heat?: number;
  /** Said on hover and to those who do not see the line. */
  readonly title?: string;
  /** Written on the line itself: how often it was taken. */
  readonly figure?: string;
  readonly isChosen?: boolean;
  readonly isFaint?: boolean;
}

interface ChartLinesProps {
  readonly drawing: Drawing;
  readonly taken: readonly string[];
  readonly step: number;
  readonly way: ReadonlyMap<string, number> | undefined;
  readonly lineLook: ((line: number) => LineLook | undefined) | undefined;
  readonly onLine: ((line: number) => void) | undefined;
}

/** The arrows of a chart: those never taken, those taken so far, and the one just taken, drawn on top. */
export const ChartLines = memo(function ChartLines({
  drawing,
  taken,
  step,
  way,
  lineLook,
  onLine,
}: ChartLinesProps) {
  const shapes = useMemo(
    () =>
      drawing.lines.map(({ points, edges, label }) => ({
        edges,
        label,
        path: pathOf(points),
        middle: middleOf(points),
        arrow: arrowOf(points),
        words: label?.rows.join(', '),
      })),
    [drawing],
  );
  const isTaken = (edges: readonly string[]) => edges.some((edge) => taken.includes(edge));

  return (
    <>
      {shapes.map(({ edges, path, arrow, label, words }, index) => {
        const look = lineLook?.(index);
        const count = edges.reduce((sum, edge) => sum + (way?.get(edge) ?? 0), 0);
        return (
          <g
            key={index}
            className="chart-line"
            data-walked={count > 0 || undefined}
            data-chosen={look?.isChosen === true || undefined}
            data-faint={look?.isFaint === true || undefined}
            data-heated={look?.heat !== undefined || undefined}
            style={styleOf(look)}
          >
            <path className="chart-stroke" d={path} />
            <polygon className="chart-arrow" points={arrow} />
            {onLine !== undefined && edges.length > 0 && (
              <path
                className="chart-grip"
                d={path}
                onClick={() => {
                  onLine(index);
                }}
              />
            )}
            {(look?.title ?? words) !== undefined && <title>{look?.title ?? words}</title>}
            {label !== null && (
              <text className="chart-label" x={label.x} y={label.y}>
                {label.rows.map((row, at) => (
                  <tspan key={row} x={label.x} dy={at === 0 ? 10 : 14}>
                    {row}
                  </tspan>
                ))}
              </text>
            )}
          </g>
        );
      })}
      {shapes.map(({ middle }, index) => {
        const figure = lineLook?.(index)?.figure;
        return figure === undefined ? null : (
          <text key={index} className="chart-figure" x={middle.x} y={middle.y} dy="3.5" aria-hidden="true">
            {figure}
          </text>
        );
      })}
      {shapes.map(({ edges, path, arrow }, index) =>
        isTaken(edges) ? (
          <g key={`${String(index)} ${String(step)}`} className="chart-taken">
            <path d={path} pathLength="1" />
            <polygon points={arrow} />
          </g>
        ) : null,
      )}
    </>
  );
});

type Style = CSSProperties & Partial<Record<'--heat' | '--width', string>>;

function styleOf(look: LineLook | undefined): Style {
  return {
    ...(look?.heat !== undefined && { '--heat': `${String(Math.round(look.heat * 100))}%` }),
    ...(look?.width !== undefined && { '--width': `${String(look.width)}px` }),
  };
}
