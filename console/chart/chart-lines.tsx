import { type CSSProperties, memo, useMemo } from 'react';
import { arrowOf, type Drawing, middleOf, pathOf } from './drawing.ts';

/** How a line differs from a plain one. */
export interface LineLook {
  /** Width in px of the drawing. */
  readonly width?: number;
  /** Strength of the accent colour, from 0 to 1. */
  readonly heat?: number;
  /** Shown on hover and read by screen readers. */
  readonly title?: string;
  /** Written on the line: how often it was taken. */
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
  /** The events that transitions are taken for, by the ids of the transitions. */
  readonly words: ReadonlyMap<string, string> | undefined;
}

/** A line, and the shapes that draw it. */
type LineShape = ReturnType<typeof shapeOf>;

/** Draws the arrows of a chart: those never taken, those taken so far, and on top the ones just taken. */
export const ChartLines = memo(function ChartLines({
  drawing,
  taken,
  step,
  way,
  lineLook,
  onLine,
  words: known,
}: ChartLinesProps) {
  const shapes = useMemo(() => drawing.lines.map((line) => shapeOf(line, known)), [drawing, known]);
  return (
    <>
      {shapes.map((shape, index) => (
        <Line
          key={index}
          shape={shape}
          look={lineLook?.(index)}
          isWalked={shape.edges.some((edge) => (way?.get(edge) ?? 0) > 0)}
          onChoose={
            onLine === undefined || shape.edges.length === 0
              ? undefined
              : () => {
                  onLine(index);
                }
          }
        />
      ))}
      {shapes.map(({ middle }, index) => {
        const figure = lineLook?.(index)?.figure;
        return figure === undefined ? null : (
          <text key={index} className="chart-figure" x={middle.x} y={middle.y} dy="3.5" aria-hidden="true">
            {figure}
          </text>
        );
      })}
      {shapes.map((shape, index) =>
        shape.edges.some((edge) => taken.includes(edge)) ? (
          <TakenLine key={`${String(index)} ${String(step)}`} {...{ shape, taken, known }} />
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

const shapeOf = (
  { points, edges, label }: Drawing['lines'][number],
  known: ReadonlyMap<string, string> | undefined,
) => ({
  edges,
  label,
  path: pathOf(points),
  middle: middleOf(points),
  arrow: arrowOf(points),
  words: (label?.rows ?? [...new Set(edges.flatMap((edge) => known?.get(edge) ?? []))]).join(', '),
});

interface LineProps {
  readonly shape: LineShape;
  readonly look: LineLook | undefined;
  /** True when the line has been taken. */
  readonly isWalked: boolean;
  /** Undefined when the line cannot be chosen. */
  readonly onChoose: (() => void) | undefined;
}

function Line({ shape: { path, arrow, words }, look, isWalked, onChoose }: LineProps) {
  const title = look?.title ?? words;
  return (
    <g
      className="chart-line"
      data-walked={isWalked || undefined}
      data-chosen={look?.isChosen === true || undefined}
      data-faint={look?.isFaint === true || undefined}
      data-heated={look?.heat !== undefined || undefined}
      style={styleOf(look)}
      onClick={onChoose}
    >
      <path className="chart-stroke" d={path} />
      <polygon className="chart-arrow" points={arrow} />
      {onChoose !== undefined && <path className="chart-grip" d={path} />}
      {title !== '' && <title>{title}</title>}
    </g>
  );
}

interface TakenLineProps {
  readonly shape: LineShape;
  readonly taken: readonly string[];
  readonly known: ReadonlyMap<string, string> | undefined;
}

/** Draws a line that was just taken, with the event it was taken for. */
function TakenLine({ shape: { edges, path, arrow, middle, label }, taken, known }: TakenLineProps) {
  return (
    <g className="chart-taken">
      <path d={path} pathLength="1" />
      <polygon points={arrow} />
      <text className="chart-taken-name" data-labelled={label !== null || undefined} {...middle}>
        {edges.flatMap((edge) => (taken.includes(edge) ? (known?.get(edge) ?? []) : [])).join(', ')}
      </text>
    </g>
  );
}

/** Draws the events that a line is taken for, on the line; in pictures of older engines, beside it. */
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
