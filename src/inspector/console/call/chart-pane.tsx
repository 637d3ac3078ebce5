import { useCallback, useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { ChartView } from '../chart/chart-view.tsx';
import { boxOf } from '../chart/drawing.ts';
import type { RegionStanding } from '../timeline/regions.ts';
import type { RunningTimer, Standing, Transition } from '../timeline/standing.ts';
import type { ShownCall } from './call-log.ts';
import { LinePanel } from './line-panel.tsx';
import { RegionLanes } from './region-lanes.tsx';
import { StatePanel } from './state-panel.tsx';
import { Timers } from './timers.tsx';
import './chart-pane.css';

interface ChartPaneProps {
  readonly shown: ShownCall;
  readonly standing: Standing;
  readonly regions: readonly RegionStanding[];
  readonly transitions: ReadonlyMap<string, Transition>;
  readonly timers: readonly RunningTimer[];
  /** Ms since the Unix epoch: the moment that is looked at. */
  readonly at: number;
  /** Changes with every row. */
  readonly step: number;
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
}

const CHOSEN = { isChosen: true };

/** The chart with the call on it: where it is, how it came there, and what it waits for. */
export function ChartPane(props: ChartPaneProps) {
  const { shown, standing, regions, transitions, timers, at, step, startedAt, onPlace } = props;
  const { chart } = shown;
  const [isWhole, setWhole] = useState(false);
  const [selected, select] = useState<string>();
  const [line, setLine] = useState<number>();
  const toggle = useCallback((chosen: string) => {
    setLine(undefined);
    select((before) => (chosen === before ? undefined : chosen));
  }, []);
  const chooseLine = useCallback((chosen: number) => {
    select(undefined);
    setLine((before) => (chosen === before ? undefined : chosen));
  }, []);
  const drawing = isWhole ? chart : chart.overview;
  const words = useMemo(() => new Map([...transitions].map(([id, { label }]) => [id, label])), [transitions]);
  const chosenLine = line === undefined ? undefined : drawing.lines[line];
  const lineLook = useCallback((index: number) => (index === line ? CHOSEN : undefined), [line]);
  const path = standing.active.at(-1) ?? '';

  const notes = useMemo(() => {
    const nodes = new Map(drawing.nodes.map((node) => [node.path, node]));
    const box = boxOf(nodes, path);
    const inner = box === undefined ? '' : path.slice(box.path.length + 1);
    return new Map(box === undefined || inner === '' ? [] : [[box.path, inner]]);
  }, [drawing, path]);
  const node = chart.nodes.find((candidate) => candidate.path === selected);
  const taken = standing.taken.flatMap((id) => transitions.get(id) ?? []);
  const ofFloor = taken.filter(({ region }) => region === undefined);
  const steps = ofFloor.length > 0 ? ofFloor : taken;
  const target = steps.findLast((step) => step.target !== null)?.target;

  return (
    <section className="chart-part" aria-label="Statechart">
      <header className="part-head">
        <h2>Chart</h2>
        <p className="chart-caption" aria-live="off">
          {steps[0] !== undefined && (
            <>
              <code>{steps[0].label}</code>
              {steps[0].guard !== null && <em> [{steps[0].guard}]</em>}
              {target !== undefined && <> → {target}</>}
            </>
          )}
        </p>
        <ToggleButton
          className="toggle"
          isSelected={isWhole}
          onChange={(whole) => {
            setWhole(whole);
            setLine(undefined);
          }}
        >
          Every state
        </ToggleButton>
      </header>
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
          selected={selected}
          onSelect={toggle}
          isFollowing={isWhole}
          lineLook={lineLook}
          onLine={chooseLine}
          words={words}
        />
        <Timers timers={timers} at={at} />
        {chosenLine !== undefined && (
          <LinePanel
            transitions={chosenLine.edges.flatMap((id) => transitions.get(id) ?? [])}
            rows={shown.rows}
            startedAt={startedAt}
            onPlace={onPlace}
            onClose={() => {
              setLine(undefined);
            }}
          />
        )}
        {node !== undefined && (
          <StatePanel
            node={node}
            visits={standing.visits.filter((visit) => visit.path === node.path)}
            edges={chart.edges.filter(({ source }) => source === node.id)}
            at={at}
            startedAt={startedAt}
            onPlace={onPlace}
            onClose={() => {
              select(undefined);
            }}
          />
        )}
      </div>
      <RegionLanes chart={chart} standing={regions} />
    </section>
  );
}
