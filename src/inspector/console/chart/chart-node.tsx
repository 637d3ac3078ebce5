import { type CSSProperties, memo } from 'react';
import type { DrawnNode } from './drawing.ts';

interface ChartNodeProps {
  readonly node: DrawnNode;
  readonly isActive: boolean;
  /** The innermost of the active ones: where the call is. */
  readonly isInnermost: boolean;
  readonly isSelected: boolean;
  /** The one that Tab leads to. */
  readonly isCursor: boolean;
  readonly note: string | undefined;
  readonly onSelect: ((path: string) => void) | undefined;
}

/** Advance of one character of a name, as a share of its size. */
const CHARACTER = 0.64;

/** One state's box: its name, and a note beneath it. */
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
      // As it is read on the drawing, word for word, so that what is said by voice finds it.
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
