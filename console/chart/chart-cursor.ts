import { type KeyboardEvent, type RefObject, useState } from 'react';
import { type Direction, type Drawing, type DrawnNode, neighbourOf } from './drawing.ts';
import type { Viewport } from './use-viewport.ts';

const STEP_PX = 60;

interface CursorScene {
  readonly drawing: Drawing;
  readonly nodes: ReadonlyMap<string, DrawnNode>;
  /** Paths of the boxes that the call is in, outermost first. */
  readonly lit: ReadonlySet<string>;
  readonly selected: string | undefined;
  readonly onSelect: ((path: string) => void) | undefined;
}

/**
 * Holds the state that Tab leads to, and its keys: arrows go from state to
 * state, with Shift they move the drawing; Enter opens one, + - 0 zoom and fit.
 */
export function useChartCursor(pane: RefObject<HTMLElement | null>, viewport: Viewport, scene: CursorScene) {
  const { drawing, nodes, lit, selected, onSelect } = scene;
  const [cursor, setCursor] = useState<string>();
  const atCursor =
    nodes.get(cursor ?? selected ?? '') ?? [...lit].map((path) => nodes.get(path)).at(-1) ?? drawing.nodes[0];

  const go = (direction: Direction) => {
    const next = atCursor && neighbourOf(drawing.nodes, atCursor, direction);
    if (next === undefined) return;
    setCursor(next.path);
    viewport.reveal(next);
    focusState(pane.current, next.path);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (isDirection(event.key)) {
      if (event.shiftKey) viewport.pan(...PAN[event.key]);
      else go(event.key);
    } else if (event.key === '+' || event.key === '=') viewport.zoom(1.25);
    else if (event.key === '-') viewport.zoom(0.8);
    else if (event.key === '0') viewport.fit();
    else if ((event.key === 'Enter' || event.key === ' ') && atCursor !== undefined)
      onSelect?.(atCursor.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { atCursor, onKeyDown };
}

const PAN: Record<Direction, [number, number]> = {
  ArrowUp: [0, STEP_PX],
  ArrowDown: [0, -STEP_PX],
  ArrowLeft: [STEP_PX, 0],
  ArrowRight: [-STEP_PX, 0],
};

const isDirection = (key: string): key is Direction => key in PAN;

function focusState(pane: HTMLElement | null, path: string): void {
  const state = pane?.querySelector(`[data-path="${CSS.escape(path)}"]`);
  if (state instanceof SVGElement) state.focus({ preventScroll: true });
}
