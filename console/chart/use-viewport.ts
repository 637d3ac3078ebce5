import { type Dispatch, type RefObject, type SetStateAction, useCallback, useMemo, useState } from 'react';
import { usePaneSize } from './pane-size.ts';
import { useDrag, useWheel } from './viewport-hand.ts';
import {
  centredOn,
  closeUp,
  fitted,
  panned,
  type Rect,
  revealed,
  type Size,
  type View,
  zoomed,
  READABLE,
} from './viewport.ts';

export interface Viewport {
  readonly view: View;
  /** The size of the pane, in px; 0 × 0 until it is mounted. */
  readonly size: Size;
  /** True when the page made the last move, not the viewer's hand: it may be animated. */
  readonly isEased: boolean;
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  readonly pan: (dx: number, dy: number) => void;
  readonly reveal: (box: Rect) => void;
  /** Moves a point of the drawing to the middle of the pane. */
  readonly lookAt: (x: number, y: number) => void;
  readonly onPointerDown: (event: React.PointerEvent) => void;
}

interface Placed {
  /** Undefined shows the whole drawing, however large the pane is. */
  readonly view: View | undefined;
  readonly isEased: boolean;
}

/**
 * Pans and zooms a drawing in a pane: by dragging, by wheel (pinch or Ctrl zooms) and
 * by command. Until the viewer moves it, the drawing fits the pane.
 */
export function useViewport(pane: RefObject<HTMLElement | null>, drawing: Size): Viewport {
  const size = usePaneSize(pane);
  const [{ view: moved, isEased }, place] = useState<Placed>({ view: undefined, isEased: false });
  const fit = useMemo(() => fitted(drawing, size), [drawing, size]);
  const view = moved ?? fit;

  const change = useCallback(
    (next: (view: View) => View, eased = false) => {
      place(({ view: before }) => ({ view: next(before ?? fit), isEased: eased }));
    },
    [fit],
  );

  useWheel(pane, change);
  const onPointerDown = useDrag(change);
  return { view, size, isEased, ...useCommands(fit, size, change, place), onPointerDown };
}

type Change = (next: (view: View) => View, eased?: boolean) => void;

/** The commands that move a drawing. The first begins at `whole`, the view that shows all of it. */
function useCommands(
  whole: View,
  size: Size,
  change: Change,
  place: Dispatch<SetStateAction<Placed>>,
): Pick<Viewport, 'fit' | 'zoom' | 'pan' | 'reveal' | 'lookAt'> {
  return {
    fit: useCallback(() => {
      place({ view: undefined, isEased: true });
    }, [place]),
    zoom: useCallback(
      (factor) => {
        change((before) => zoomed(before, factor, { x: size.width / 2, y: size.height / 2 }), true);
      },
      [change, size],
    ),
    pan: useCallback(
      (dx, dy) => {
        change((before) => panned(before, dx, dy), true);
      },
      [change],
    ),
    reveal: useCallback(
      (box) => {
        if (size.width === 0) return; // The pane is not mounted yet. Its size makes this a new function, which is called again.
        place((before) => {
          // A view that shows all may be too small to follow a call in.
          if (before.view === undefined && whole.k < READABLE / 2)
            return { view: closeUp(box, size), isEased: false };
          const from = before.view ?? whole;
          const next = revealed(from, box, size);
          return next === from ? before : { view: next, isEased: true };
        });
      },
      [whole, size, place],
    ),
    lookAt: useCallback(
      (x, y) => {
        change((before) => centredOn(before, x, y, size));
      },
      [change, size],
    ),
  };
}
