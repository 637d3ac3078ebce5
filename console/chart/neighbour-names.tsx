import { type CSSProperties, useMemo } from 'react';
import type { DrawnNode, Drawing } from './drawing.ts';
import { lineEnds, neighboursOutOfSight, placed, type Side } from './leaving-lines.ts';
import type { Size, View } from './viewport.ts';

interface NeighbourNamesProps {
  readonly drawing: Drawing;
  readonly view: View;
  readonly size: Size;
  readonly onGo: (node: DrawnNode) => void;
}

const SIDES: readonly Side[] = ['top', 'right', 'bottom', 'left'];
/** The height of a name, and the width of one of its characters, in px. */
const HEIGHT = 20;
const CHARACTER = 6.6;
const PADDING = 26;

/** Names, at the edges of the pane, the states out of sight at the other ends of lines. A press goes there. */
export function NeighbourNames({ drawing, view, size, onGo }: NeighbourNamesProps) {
  const ends = useMemo(() => lineEnds(drawing), [drawing]);
  const all = neighboursOutOfSight(drawing, ends, view, size);
  const wide = { from: 0, to: size.width };
  // The corners belong to the names at the top and the bottom.
  const high = { from: HEIGHT + 4, to: size.height - HEIGHT - 4 };
  return (
    <div className="chart-neighbours">
      {SIDES.flatMap((side) => {
        const isFlat = side === 'top' || side === 'bottom';
        const here = all.filter((each) => each.side === side);
        const lengths = here.map(({ node }) => (isFlat ? node.key.length * CHARACTER + PADDING : HEIGHT));
        return placed(here, lengths, isFlat ? wide : high).map(({ neighbour, at }) => (
          <button
            key={`${side} ${neighbour.node.path} ${String(neighbour.isTarget)}`}
            type="button"
            className="chart-neighbour"
            data-side={side}
            style={placeOf(side, at)}
            // No tab stop: arrow keys reach the states themselves.
            tabIndex={-1}
            title={neighbour.node.path}
            onClick={() => {
              onGo(neighbour.node);
            }}
          >
            {neighbour.isTarget ? `→ ${neighbour.node.key}` : `${neighbour.node.key} →`}
          </button>
        ));
      })}
    </div>
  );
}

const placeOf = (side: Side, at: number): CSSProperties =>
  side === 'top' || side === 'bottom' ? { left: at } : { top: at };
