import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { panned, type View, zoomed } from './viewport.ts';

/** Zoom by wheel, per px: one notch of a mouse is some 100 px. */
const ZOOM_PER_PX = 1 / 400;

type Change = (next: (view: View) => View) => void;

/** Pans by the wheel, sideways with Shift; zooms by a pinch, or by the wheel with Ctrl. */
export function useWheel(pane: RefObject<HTMLElement | null>, change: Change): void {
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
}

/** Drags the drawing by mouse, pen or finger. @returns the listener for `pointerdown`. */
export function useDrag(change: Change): (event: React.PointerEvent) => void {
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

  return useCallback((event) => {
    if (event.button === 0) drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }, []);
}
