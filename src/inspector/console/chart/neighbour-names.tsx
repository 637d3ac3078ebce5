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
/** Height of a name, and what one character of it takes, in px. */
const HEIGHT = 20;
const CHARACTER = 6.6;
const PADDING = 26;

/** At the edges of the pane: which states the lines lead to that leave it. A press goes there. */
export function NeighbourNames({ drawing, view, size, onGo }: NeighbourNamesProps) {
  const ends = useMemo(() => lineEnds(drawing), [drawing]);
  const all = neighboursOutOfSight(drawing, ends, view, size);
  const wide = { from: 0, to: size.width };
  // The corners are of the names above and below.
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
            // The states themselves are reached by arrow keys.
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
