import { useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { ChartView } from '../chart/chart-view.tsx';
import { boxOf, type Drawing } from '../chart/drawing.ts';
import type { RegionStanding } from '../timeline/regions.ts';
import type { RunningTimer, ChartStanding, Transition } from '../timeline/standing.ts';
import type { ShownCall } from './call-log.ts';
import { ChartCaption } from './chart-caption.tsx';
import { useChartChoice } from './chart-choice.ts';
import { LinePanel } from './line-panel.tsx';
import { RegionLanes } from './region-lanes.tsx';
import { StatePanel } from './state-panel.tsx';
import { Timers } from './timers.tsx';
import './chart-pane.css';

interface ChartPaneProps {
  readonly shown: ShownCall;
  readonly standing: ChartStanding;
  readonly regions: readonly RegionStanding[];
  readonly transitions: ReadonlyMap<string, Transition>;
  readonly timers: readonly RunningTimer[];
  /** The moment that is looked at, in ms since the Unix epoch. */
  readonly at: number;
  /** Changes with every row. */
  readonly step: number;
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
}

/** Draws the chart of a call: its state, the transitions it took, and the timers that run. */
export function ChartPane(props: ChartPaneProps) {
  const { shown, standing, regions, transitions } = props;
  const { chart } = shown;
  const [isWhole, setWhole] = useState(false);
  const choice = useChartChoice();

  return (
    <section className="chart-part" aria-label="Statechart">
      <header className="part-head">
        <h2>Chart</h2>
        <ChartCaption {...{ standing, transitions }} />
        <ToggleButton
          className="toggle"
          isSelected={isWhole}
          onChange={(whole) => {
            setWhole(whole);
            choice.leaveLine();
          }}
        >
          Every state
        </ToggleButton>
      </header>
      <ChartStage {...props} isWhole={isWhole} choice={choice} />
      <RegionLanes chart={chart} standing={regions} />
    </section>
  );
}

interface ChartStageProps extends ChartPaneProps {
  readonly isWhole: boolean;
  readonly choice: ReturnType<typeof useChartChoice>;
}

function ChartStage(props: ChartStageProps) {
  const { shown, standing, transitions, timers, at, step, startedAt, onPlace, isWhole, choice } = props;
  const { chart, rows } = shown;
  const drawing = isWhole ? chart : chart.overview;
  const words = useMemo(() => new Map([...transitions].map(([id, { label }]) => [id, label])), [transitions]);
  const chosenLine = choice.line === undefined ? undefined : drawing.lines[choice.line];
  const path = standing.active.at(-1) ?? '';
  const notes = useMemo(() => innerPath(drawing, path), [drawing, path]);
  const node = chart.nodes.find((candidate) => candidate.path === choice.selected);

  return (
    <div className="chart-stage">
      <ChartView
        key={isWhole ? 'whole' : 'overview'}
        drawing={drawing}
        label={`The call's chart; the call is in ${path === '' ? 'no state yet' : path}`}
        active={standing.active}
        taken={standing.taken}
        step={step}
        way={standing.way}
        notes={notes}
        selected={choice.selected}
        onSelect={choice.toggleState}
        isFollowing={isWhole}
        lineLook={choice.lineLook}
        onLine={choice.toggleLine}
        words={words}
      />
      <Timers timers={timers} at={at} />
      {chosenLine !== undefined && (
        <LinePanel
          transitions={chosenLine.edges.flatMap((id) => transitions.get(id) ?? [])}
          {...{ rows, startedAt, onPlace }}
          onClose={choice.leaveLine}
        />
      )}
      {node !== undefined && (
        <StatePanel
          node={node}
          visits={standing.visits.filter((visit) => visit.path === node.path)}
          edges={chart.edges.filter(({ source }) => source === node.id)}
          {...{ at, startedAt, onPlace }}
          onClose={choice.leaveState}
        />
      )}
    </div>
  );
}

/** The inner state of the call, by the path of the box that it is in, where the drawing has no box for it. */
function innerPath(drawing: Drawing, path: string): ReadonlyMap<string, string> {
  const nodes = new Map(drawing.nodes.map((node) => [node.path, node]));
  const box = boxOf(nodes, path);
  const inner = box === undefined ? '' : path.slice(box.path.length + 1);
  return new Map(box === undefined || inner === '' ? [] : [[box.path, inner]]);
}
