import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ChartPicture } from '../../../protocol/console-chart.ts';
import { TrafficDrawing } from './traffic-drawing.tsx';
import type { LineTraffic } from './traffic.ts';
import { fitted, panned, type Size, type Viewport, zoomed } from './viewport.ts';
import './traffic-map.css';

/** One press of a key or a button. */
const STEP = 1.4;
const PAN_PX = 80;
/** Moved less than this, a press is a press and no drag. */
const DRAG_PX = 4;

interface TrafficMapProps {
  readonly picture: ChartPicture;
  readonly traffic: readonly LineTraffic[];
  /** How long calls stay in a state, in words, by its path. */
  readonly dwell: ReadonlyMap<string, string>;
  /** The transition that was chosen. */
  readonly chosen: string | undefined;
  /** A line was chosen, by its position in the picture. */
  readonly onChoose: (line: number) => void;
}

/** The whole chart, each line as thick as it is often taken. Dragged, zoomed by wheel and keys. */
export function TrafficMap({ picture, traffic, dwell, chosen, onChoose }: TrafficMapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly x: number; readonly y: number; isMoving: boolean } | undefined>(undefined);
  const [window, setWindow] = useState<Size>();
  const [moved, setMoved] = useState<Viewport>();
  const whole = window === undefined ? undefined : fitted(picture, window);
  const view = moved ?? whole;

  const change = (move: (view: Viewport, smallest: number) => Viewport) => {
    if (view !== undefined && whole !== undefined) setMoved(move(view, whole.scale));
  };
  const zoom = (factor: number) => {
    change((now, smallest) =>
      zoomed(now, factor, { atX: (window?.width ?? 0) / 2, atY: (window?.height ?? 0) / 2 }, smallest),
    );
  };

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setWindow({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);

  useWheel(frame, (factor, at) => {
    change((now, smallest) => zoomed(now, factor, at, smallest));
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    if (move === undefined) return;
    event.preventDefault();
    if (move === 'fit') setMoved(undefined);
    else if (typeof move === 'number') zoom(move);
    else change((now) => panned(now, ...move));
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (from === undefined) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.isMoving && Math.hypot(dx, dy) < DRAG_PX) return;
    if (!from.isMoving) event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, isMoving: true };
    change((now) => panned(now, dx, dy));
  };

  return (
    <div className="map-frame">
      <div
        ref={frame}
        className="map-window"
        role="application"
        aria-label="Map of all transitions. The list beside it tells the same. Arrows move it, plus and minus zoom, zero shows all."
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, isMoving: false };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onPointerCancel={() => {
          drag.current = undefined;
        }}
      >
        {view !== undefined && window !== undefined && (
          <TrafficDrawing
            picture={picture}
            traffic={traffic}
            dwell={dwell}
            chosen={chosen}
            onChoose={onChoose}
            view={view}
            window={window}
          />
        )}
      </div>
      <div className="map-buttons">
        <Button
          className="button"
          data-icon-only
          aria-label="Zoom in"
          onPress={() => {
            zoom(STEP);
          }}
        >
          +
        </Button>
        <Button
          className="button"
          data-icon-only
          aria-label="Zoom out"
          onPress={() => {
            zoom(1 / STEP);
          }}
        >
          −
        </Button>
        <Button
          className="button"
          onPress={() => {
            setMoved(undefined);
          }}
        >
          Fit
        </Button>
      </div>
    </div>
  );
}

const KEYS: Readonly<Record<string, 'fit' | number | readonly [dx: number, dy: number]>> = {
  '0': 'fit',
  '+': STEP,
  '=': STEP,
  '-': 1 / STEP,
  ArrowLeft: [PAN_PX, 0],
  ArrowRight: [-PAN_PX, 0],
  ArrowUp: [0, PAN_PX],
  ArrowDown: [0, -PAN_PX],
};

type OnWheel = (factor: number, at: { readonly atX: number; readonly atY: number }) => void;

/** The wheel zooms the map and does not scroll the page. React's own listener could not keep it from that. */
function useWheel(frame: { readonly current: HTMLDivElement | null }, onWheel: OnWheel): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const listener = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      onWheel(Math.exp(-event.deltaY / 400), { atX: event.clientX - left, atY: event.clientY - top });
    };
    element.addEventListener('wheel', listener, { passive: false });
    return () => {
      element.removeEventListener('wheel', listener);
    };
  });
}
