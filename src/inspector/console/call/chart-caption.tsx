import type { Standing, Transition } from '../timeline/standing.ts';

interface ChartCaptionProps {
  readonly standing: Standing;
  readonly transitions: ReadonlyMap<string, Transition>;
}

/** What the last step was taken for, and where it led; a region's step only when the floor took none. */
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
