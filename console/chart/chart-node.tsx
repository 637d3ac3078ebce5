import { type CSSProperties, memo } from 'react';
import type { DrawnNode } from './drawing.ts';

interface ChartNodeProps {
  readonly node: DrawnNode;
  readonly isActive: boolean;
  /** True for the innermost active state: the call is in it. */
  readonly isInnermost: boolean;
  readonly isSelected: boolean;
  /** True for the state that Tab leads to. */
  readonly isCursor: boolean;
  readonly note: string | undefined;
  readonly onSelect: ((path: string) => void) | undefined;
}

/** The width of one character of a name, as a share of the font size. */
const CHARACTER = 0.64;

/** Draws the box of one state, with its name and a note under it. */
export const ChartNode = memo(function ChartNode(props: ChartNodeProps) {
  const { node, isActive, isInnermost, isSelected, isCursor, note, onSelect } = props;
  const { x, y, width, height, kind, key, path } = node;
  const isOpen = kind === 'compound' || kind === 'parallel';
  const place = isOpen ? { x: x + 12, y: y + 20 } : { x: x + width / 2, y: y + height / 2 };
  return (
    <g
      className="chart-node"
      role="button"
      tabIndex={isCursor ? 0 : -1}
      // The words on the drawing, unchanged, so that a viewer who controls the page by voice can say them.
      aria-label={note === undefined ? path : `${path} ${note}`}
      aria-current={isActive}
      aria-pressed={isSelected}
      data-path={path}
      data-kind={kind}
      data-active={isActive || undefined}
      data-innermost={isInnermost || undefined}
      data-selected={isSelected || undefined}
      onPointerDown={(event) => {
        if (!isOpen) event.stopPropagation();
      }}
      onClick={() => onSelect?.(path)}
    >
      {isOpen ? (
        <>
          <rect className="chart-frame" {...{ x, y, width, height }} rx="10" />
          <rect className="chart-title-ground" x={x} y={y} width={width} height="30" rx="10" />
        </>
      ) : (
        <rect className="chart-box" {...{ x, y, width, height }} rx="7" />
      )}
      <text
        className="chart-name"
        {...place}
        dy={isOpen ? 0 : note === undefined ? 4.5 : -2}
        style={{ '--room': `${String(Math.floor(width / (key.length * CHARACTER)))}px` } as CSSProperties}
      >
        {key}
      </text>
      {note !== undefined && (
        <text className="chart-note" {...place} dx={isOpen ? key.length * 7.6 + 8 : 0} dy={isOpen ? 0 : 12}>
          {` ${note}`}
        </text>
      )}
    </g>
  );
});
