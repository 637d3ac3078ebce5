/** Where a large drawing is looked at: one of its points is at the window's top left corner, at a scale. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  /** Px on the screen for one px of the drawing. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const LARGEST = 2;
const MARGIN = 16;

/** All of the drawing, in the middle of the window. */
export function fitted(drawing: Size, window: Size): Viewport {
  const room = { width: window.width - 2 * MARGIN, height: window.height - 2 * MARGIN };
  const scale = Math.min(
    1,
    Math.max(0.01, Math.min(room.width / drawing.width, room.height / drawing.height)),
  );
  return {
    scale,
    x: (drawing.width - window.width / scale) / 2,
    y: (drawing.height - window.height / scale) / 2,
  };
}

/** Larger or smaller by a factor, the drawing's point under (`atX`, `atY`) of the window staying where it is. */
export function zoomed(
  view: Viewport,
  factor: number,
  { atX, atY }: { readonly atX: number; readonly atY: number },
  smallest: number,
): Viewport {
  const scale = Math.min(LARGEST, Math.max(smallest, view.scale * factor));
  return {
    scale,
    x: view.x + atX / view.scale - atX / scale,
    y: view.y + atY / view.scale - atY / scale,
  };
}

/** Moved by so many px of the screen. */
export const panned = (view: Viewport, dx: number, dy: number): Viewport => ({
  ...view,
  x: view.x - dx / view.scale,
  y: view.y - dy / view.scale,
});
