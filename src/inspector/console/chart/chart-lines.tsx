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
  /** What transitions are taken for, by their keys. */
  readonly words: ReadonlyMap<string, string> | undefined;
}

/** The arrows of a chart: those never taken, those taken so far, and the one just taken, drawn on top. */
export const ChartLines = memo(function ChartLines({
  drawing,
  taken,
  step,
  way,
  lineLook,
  onLine,
  words: known,
}: ChartLinesProps) {
  const shapes = useMemo(
    () =>
      drawing.lines.map(({ points, edges, label }) => ({
        edges,
        label,
        path: pathOf(points),
        middle: middleOf(points),
        arrow: arrowOf(points),
        words: (label?.rows ?? [...new Set(edges.flatMap((edge) => known?.get(edge) ?? []))]).join(', '),
      })),
    [drawing, known],
  );
  const isChoosable = (edges: readonly string[]) => onLine !== undefined && edges.length > 0;
  const isTaken = (edges: readonly string[]) => edges.some((edge) => taken.includes(edge));

  return (
    <>
      {shapes.map(({ edges, path, arrow, words }, index) => {
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
            onClick={() => {
              if (isChoosable(edges)) onLine?.(index);
            }}
          >
            <path className="chart-stroke" d={path} />
            <polygon className="chart-arrow" points={arrow} />
            {isChoosable(edges) && <path className="chart-grip" d={path} />}
            {(look?.title ?? words) !== '' && <title>{look?.title ?? words}</title>}
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
      {shapes.map(({ edges, path, arrow, middle, label }, index) =>
        isTaken(edges) ? (
          <g key={`${String(index)} ${String(step)}`} className="chart-taken">
            <path d={path} pathLength="1" />
            <polygon points={arrow} />
            <text className="chart-taken-name" data-labelled={label !== null || undefined} {...middle}>
              {edges.flatMap((edge) => (taken.includes(edge) ? (known?.get(edge) ?? []) : [])).join(', ')}
            </text>
          </g>
        ) : null,
      )}
      {shapes.map(({ label }, index) =>
        label === null ? null : (
          <LineLabel key={index} label={label} isChosen={lineLook?.(index)?.isChosen === true} />
        ),
      )}
    </>
  );
});

/** What a line is taken for. Lies on it, with its own ground; in older pictures beside it. */
function LineLabel({ label: { x, y, width, height, rows }, isChosen }: LineLabelProps) {
  const middle = x + (width ?? 0) / 2;
  return (
    <g className="chart-words" data-chosen={isChosen || undefined}>
      {width !== undefined && (
        <rect className="chart-label-ground" {...{ x, y, width }} height={height ?? 0} rx="4" />
      )}
      <text className="chart-label" x={middle} y={y} data-centred={width !== undefined || undefined}>
        {rows.map((row, at) => (
          <tspan key={row} x={middle} dy={at === 0 ? 10 : 14}>
            {row}
          </tspan>
        ))}
      </text>
    </g>
  );
}

interface LineLabelProps {
  readonly label: NonNullable<Drawing['lines'][number]['label']>;
  readonly isChosen: boolean;
}

type Style = CSSProperties & Partial<Record<'--heat' | '--width', string>>;

function styleOf(look: LineLook | undefined): Style {
  return {
    ...(look?.heat !== undefined && { '--heat': `${String(Math.round(look.heat * 100))}%` }),
    ...(look?.width !== undefined && { '--width': `${String(look.width)}px` }),
  };
}
