import { useMemo, useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Analytics } from '../../src/protocol/console-analytics.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import type { LineLook } from '../chart/chart-lines.tsx';
import { ChartView } from '../chart/chart-view.tsx';
import { countText } from '../parts/figures.ts';
import { lengthText, shortCount } from './figures.ts';
import { lineTraffic } from './traffic.ts';
import './traffic-map.css';

interface TrafficMapProps {
  readonly picture: ChartPicture;
  readonly analytics: Analytics;
  /** The id of the chosen transition. */
  readonly chosen: string | undefined;
  /** Called when a line is chosen, with the ids of its transitions. */
  readonly onChoose: (edges: readonly string[]) => void;
}

const NEAR = 'near';
const FAR = 'far';

/** Draws the chart over all calls: a thick line was taken often, and each state has the median of the time spent in it. */
export function TrafficMap({ picture, analytics, chosen, onChoose }: TrafficMapProps) {
  const [distance, setDistance] = useState(FAR);
  const drawing = distance === FAR ? picture.overview : picture;
  const looks = useMemo(() => looksOf(drawing.lines, analytics, chosen), [drawing, analytics, chosen]);
  const notes = useMemo(
    () => new Map(analytics.states.map(({ path, p50Ms }) => [path, lengthText(p50Ms)])),
    [analytics],
  );
  return (
    <ChartView
      key={distance}
      drawing={drawing}
      label="The chart of all calls, by how often each transition was taken. The list beside it tells the same."
      notes={notes}
      lineLook={(line) => looks[line]}
      onLine={(line) => {
        onChoose(drawing.lines[line]?.edges ?? []);
      }}
    >
      <ToggleButtonGroup
        className="map-distance"
        aria-label="Detail"
        disallowEmptySelection
        selectedKeys={[distance]}
        onSelectionChange={(keys) => {
          setDistance(keys.has(NEAR) ? NEAR : FAR);
        }}
      >
        <ToggleButton id={FAR} className="button">
          Overview
        </ToggleButton>
        <ToggleButton id={NEAR} className="button">
          Every state
        </ToggleButton>
      </ToggleButtonGroup>
    </ChartView>
  );
}

function looksOf(
  lines: ChartPicture['lines'],
  analytics: Analytics,
  chosen: string | undefined,
): readonly LineLook[] {
  return lineTraffic(lines, analytics).map(({ count, width, heat, isNeverTaken }, index) => ({
    width,
    ...(count > 0 && { heat, figure: shortCount(count) }),
    title: isNeverTaken ? 'never taken' : `taken ${countText(count)} times`,
    isFaint: isNeverTaken,
    isChosen: chosen !== undefined && lines[index]?.edges.includes(chosen) === true,
  }));
}
