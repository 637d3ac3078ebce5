import type { ChartStanding, Transition } from '../timeline/standing.ts';

interface ChartCaptionProps {
  readonly standing: ChartStanding;
  readonly transitions: ReadonlyMap<string, Transition>;
}

/** Shows the event of the last step and the state it led to: of the floor, or of a region when the floor took none. */
export function ChartCaption({ standing, transitions }: ChartCaptionProps) {
  const taken = standing.taken.flatMap((id) => transitions.get(id) ?? []);
  const ofFloor = taken.filter(({ region }) => region === undefined);
  const steps = ofFloor.length > 0 ? ofFloor : taken;
  const target = steps.findLast((step) => step.target !== null)?.target;
  return (
    <p className="chart-caption" aria-live="off">
      {steps[0] !== undefined && (
        <>
          <code>{steps[0].label}</code>
          {steps[0].guard !== null && <em> [{steps[0].guard}]</em>}
          {target !== undefined && <> → {target}</>}
        </>
      )}
    </p>
  );
}
