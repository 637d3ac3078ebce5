import type { PointerEvent } from 'react';
import type { Drawing } from './drawing.ts';
import type { Size, View } from './viewport.ts';

interface MiniMapProps {
  readonly drawing: Drawing;
  readonly view: View;
  readonly size: Size;
  /** Paths of the active states. */
  readonly lit: ReadonlySet<string>;
  /** Called with the point of the drawing that the viewer wants to see. */
  readonly onLookAt: (x: number, y: number) => void;
}

/** The length of its longer side, in px. */
const LONGEST = 128;
/** From this share on, all of the drawing counts as in sight. */
const ALL = 0.95;

/** Shows the whole drawing, small, with a frame around what is in sight. Hidden when all of it is in sight. */
export function MiniMap({ drawing, view, size, lit, onLookAt }: MiniMapProps) {
  const { width, height, nodes } = drawing;
  const seen = {
    x: -view.x / view.k,
    y: -view.y / view.k,
    width: size.width / view.k,
    height: size.height / view.k,
  };
  if (seen.width >= width * ALL && seen.height >= height * ALL) return null;
  const scale = LONGEST / Math.max(width, height);
  const look = (event: PointerEvent<SVGSVGElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    onLookAt((event.clientX - left) / scale, (event.clientY - top) / scale);
  };
  return (
    <svg
      className="chart-map"
      role="img"
      aria-label="The whole drawing, with a frame around what is in sight"
      width={width * scale}
      height={height * scale}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        look(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) look(event);
      }}
    >
      {nodes.map(({ id, path, kind, x, y, width: across, height: down }) => (
        <rect
          key={id}
          data-kind={kind}
          data-active={lit.has(path) || undefined}
          {...{ x, y, width: across, height: down }}
          rx="20"
        />
      ))}
      <rect className="chart-map-sight" {...seen} rx="10" />
    </svg>
  );
}
