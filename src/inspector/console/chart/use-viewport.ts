import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
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
  /** Of the pane; nothing until it is there. */
  readonly size: Size;
  /** Whether the last move was ours and not the viewer's hand: it may be eased. */
  readonly isEased: boolean;
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  readonly pan: (dx: number, dy: number) => void;
  readonly reveal: (box: Rect) => void;
  /** Brings a point of the drawing to the middle of the pane. */
  readonly lookAt: (x: number, y: number) => void;
  readonly onPointerDown: (event: React.PointerEvent) => void;
}

/** A zoom by wheel: one notch of a mouse is some 100 px. */
const ZOOM_PER_PX = 1 / 400;

interface Placed {
  /** Undefined: the whole drawing, however large the pane is. */
  readonly view: View | undefined;
  readonly isEased: boolean;
}

/**
 * Pan and zoom of a drawing in a pane: drag, wheel (pinch or Ctrl zooms), and by
 * command. Until the viewer moves it, the drawing fits the pane.
 */
export function useViewport(pane: RefObject<HTMLElement | null>, drawing: Size): Viewport {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [{ view: moved, isEased }, place] = useState<Placed>({ view: undefined, isEased: false });
  const fit = useMemo(() => fitted(drawing, size), [drawing, size]);
  const view = moved ?? fit;

  const change = useCallback(
    (next: (view: View) => View, eased = false) => {
      place(({ view: before }) => ({ view: next(before ?? fit), isEased: eased }));
    },
    [fit],
  );

  useEffect(() => {
    const element = pane.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [pane]);

  useEffect(() => {
    const element = pane.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      if (event.ctrlKey || event.metaKey)
        change((before) => zoomed(before, Math.exp(-event.deltaY * ZOOM_PER_PX * 4), at));
      else if (event.shiftKey) change((before) => panned(before, -event.deltaY, 0));
      else change((before) => panned(before, -event.deltaX, -event.deltaY));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
    };
  }, [pane, change]);

  const drag = useRef<{ readonly id: number; x: number; y: number } | undefined>(undefined);
  useEffect(() => {
    const onMove = (event: PointerEvent) => {
      const from = drag.current;
      if (from?.id !== event.pointerId) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      drag.current = { id: from.id, x: event.clientX, y: event.clientY };
      change((before) => panned(before, dx, dy));
    };
    const onUp = () => {
      drag.current = undefined;
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', onUp);
    return () => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', onUp);
    };
  }, [change]);

  return {
    view,
    size,
    isEased,
    fit: useCallback(() => {
      place({ view: undefined, isEased: true });
    }, []),
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
        if (size.width === 0) return; // The pane is not there yet; with its size this is another function.
        place((before) => {
          // What fits is not always large enough to follow.
          if (before.view === undefined && fit.k < READABLE / 2)
            return { view: closeUp(box, size), isEased: false };
          const from = before.view ?? fit;
          const next = revealed(from, box, size);
          return next === from ? before : { view: next, isEased: true };
        });
      },
      [fit, size],
    ),
    lookAt: useCallback(
      (x, y) => {
        change((before) => centredOn(before, x, y, size));
      },
      [change, size],
    ),
    onPointerDown: useCallback((event) => {
      if (event.button === 0) drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
    }, []),
  };
}
