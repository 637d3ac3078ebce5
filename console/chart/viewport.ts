/** How a drawing is shown in its pane: a point of it is seen at `k * point + (x, y)`, in px. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

const SMALLEST = 0.08;
const LARGEST = 3;
/** The margin around a drawing that is shown whole, in px. */
const MARGIN = 14;

/** The view of the whole drawing in the middle of the pane, at a scale of 1.25 at most. */
export function fitted(drawing: Size, pane: Size): View {
  if (drawing.width <= 0 || drawing.height <= 0 || pane.width <= 0 || pane.height <= 0) {
    return { x: 0, y: 0, k: 1 };
  }
  const k = clamp(
    Math.min((pane.width - 2 * MARGIN) / drawing.width, (pane.height - 2 * MARGIN) / drawing.height, 1.25),
  );
  return {
    k,
    x: (pane.width - k * drawing.width) / 2,
    y: (pane.height - k * drawing.height) / 2,
  };
}

/** The view zoomed by a factor; what is seen at the point `at` of the pane stays there. */
export function zoomed(view: View, factor: number, at: { readonly x: number; readonly y: number }): View {
  const k = clamp(view.k * factor);
  const scale = k / view.k;
  return { k, x: at.x - scale * (at.x - view.x), y: at.y - scale * (at.y - view.y) };
}

export const panned = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x + dx,
  y: view.y + dy,
});

/** The view moved as little as needed to have a box in the inner two thirds of the pane. The same view when it is there. */
export function revealed(view: View, box: Rect, pane: Size): View {
  const dx = shift(view.x + view.k * box.x, view.k * box.width, pane.width);
  const dy = shift(view.y + view.k * box.y, view.k * box.height, pane.height);
  return dx === 0 && dy === 0 ? view : panned(view, dx, dy);
}

/** The view with a box in the middle of the pane, large enough to be read. */
export const closeUp = (box: Rect, pane: Size): View => ({
  k: READABLE,
  x: pane.width / 2 - READABLE * (box.x + box.width / 2),
  y: pane.height / 2 - READABLE * (box.y + box.height / 2),
});

/** The view moved so that a point of the drawing is in the middle of the pane. */
export const centredOn = (view: View, x: number, y: number, pane: Size): View => ({
  k: view.k,
  x: pane.width / 2 - view.k * x,
  y: pane.height / 2 - view.k * y,
});

/** Below this scale, names in boxes are too small to be read. */
export const READABLE = 0.8;

function shift(start: number, length: number, pane: number): number {
  const edge = pane / 6;
  if (length > pane - 2 * edge) return (pane - length) / 2 - start;
  if (start < edge) return edge - start;
  const over = start + length - (pane - edge);
  return over > 0 ? -over : 0;
}

const clamp = (k: number) => Math.min(LARGEST, Math.max(SMALLEST, k));
