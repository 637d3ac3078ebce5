import type { ChartPicture, PictureLine, PictureNode } from '../../../protocol/console-chart.ts';
import { countText } from './figures.ts';
import type { LineTraffic } from './traffic.ts';
import type { Size, Viewport } from './viewport.ts';

/** Scale from which single states and labels can be read. */
const READABLE = 0.42;
/** Px on the screen: titles of regions keep this size when the chart is small. */
const TITLE_PX = 12;

interface TrafficDrawingProps {
  readonly picture: ChartPicture;
  readonly traffic: readonly LineTraffic[];
  /** How long calls stay in a state, in words, by its path. */
  readonly dwell: ReadonlyMap<string, string>;
  readonly chosen: string | undefined;
  readonly onChoose: (line: number) => void;
  readonly view: Viewport;
  readonly window: Size;
}

/** The chart as it is laid out; thickness is px of the screen, so a busy line is seen at any scale. */
export function TrafficDrawing({
  picture,
  traffic,
  dwell,
  chosen,
  onChoose,
  view,
  window,
}: TrafficDrawingProps) {
  const { x, y, scale } = view;
  const isReadable = scale >= READABLE;
  return (
    <svg
      className="map-drawing"
      width={window.width}
      height={window.height}
      viewBox={`${String(x)} ${String(y)} ${String(window.width / scale)} ${String(window.height / scale)}`}
      aria-hidden="true"
      {...(!isReadable && { 'data-far': true })}
    >
      <defs>
        <marker
          id="map-arrow"
          markerUnits="userSpaceOnUse"
          markerWidth="10"
          markerHeight="10"
          refX="8"
          refY="5"
          orient="auto"
        >
          <path d="M0 0.5L9 5L0 9.5z" className="map-arrow" />
        </marker>
      </defs>
      <Boxes nodes={picture.nodes.filter(isRegion)} />
      {picture.lines.map((line, index) => {
        const { count = 0, width = 1, isNeverTaken = false } = traffic[index] ?? {};
        return (
          <Way
            key={index}
            line={line}
            count={count}
            width={width}
            isNeverTaken={isNeverTaken}
            isChosen={chosen !== undefined && line.edges.includes(chosen)}
            isReadable={isReadable}
            {...(count > 0 && {
              onChoose: () => {
                onChoose(index);
              },
            })}
          />
        );
      })}
      <Boxes nodes={picture.nodes.filter((node) => !isRegion(node))} />
      {picture.nodes.map((node) => (
        <Name key={node.id} node={node} scale={scale} dwell={isReadable ? dwell.get(node.path) : undefined} />
      ))}
    </svg>
  );
}

const isRegion = ({ kind }: PictureNode) => kind === 'compound' || kind === 'parallel';

function Boxes({ nodes }: { readonly nodes: readonly PictureNode[] }) {
  return nodes.map(({ id, x, y, width, height, kind }) => (
    <rect key={id} x={x} y={y} width={width} height={height} rx={6} className="map-state" data-kind={kind} />
  ));
}

interface NameProps {
  readonly node: PictureNode;
  readonly scale: number;
  /** How long calls stay in it. */
  readonly dwell: string | undefined;
}

function Name({ node, scale, dwell }: NameProps) {
  const { x, y, width, height, key } = node;
  const isReadable = scale >= READABLE;
  const size = isReadable ? TITLE_PX : TITLE_PX / scale;
  // Far away only a region that has room for its name has one.
  const hasRoom = width * scale > key.length * TITLE_PX * 0.7 && height * scale > 3 * TITLE_PX;
  if (!isReadable && !(isRegion(node) && hasRoom)) return null;
  if (isRegion(node)) {
    return (
      <text x={x + 10 * (size / TITLE_PX)} y={y + size * 1.5} fontSize={size} className="map-name">
        {key}
      </text>
    );
  }
  const middle = x + width / 2;
  return (
    <text
      x={middle}
      y={y + height / 2 + (dwell === undefined ? 4 : -1)}
      fontSize={size}
      className="map-name"
      textAnchor="middle"
    >
      {key}
      {dwell !== undefined && (
        <tspan x={middle} dy={11} className="map-dwell">
          {dwell}
        </tspan>
      )}
    </text>
  );
}

interface WayProps extends LineTraffic {
  readonly line: PictureLine;
  readonly isChosen: boolean;
  readonly isReadable: boolean;
  readonly onChoose?: () => void;
}

function Way({ line, count, width, isNeverTaken, isChosen, isReadable, onChoose }: WayProps) {
  const path = line.points
    .map((point, i) => `${i === 0 ? 'M' : 'L'}${String(point.x)} ${String(point.y)}`)
    .join('');
  const { label } = line;
  return (
    <g
      className="map-way"
      onClick={onChoose}
      {...(isChosen && { 'data-chosen': true })}
      {...(isNeverTaken && { 'data-never': true })}
    >
      {onChoose !== undefined && <path d={path} className="map-reach" />}
      <path
        d={path}
        className="map-line"
        strokeWidth={width}
        {...(isReadable && { markerEnd: 'url(#map-arrow)' })}
      />
      {isReadable && label !== null && (
        <text x={label.x} y={label.y} className="map-label">
          {label.rows.map((row, index) => (
            <tspan key={index} x={label.x} dy={index === 0 ? 10 : 14}>
              {row}
            </tspan>
          ))}
          {count > 0 && (
            <tspan x={label.x} dy={14} className="map-count">
              {countText(count)}
            </tspan>
          )}
        </text>
      )}
    </g>
  );
}
