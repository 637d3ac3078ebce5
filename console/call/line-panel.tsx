import { Button } from 'react-aria-components';
import { placeText } from '../parts/figures.ts';
import type { Row } from '../timeline/row.ts';
import type { Transition } from '../timeline/standing.ts';

interface LinePanelProps {
  /** The transitions that the line stands for. */
  readonly transitions: readonly Transition[];
  readonly rows: readonly Row[];
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
  readonly onClose: () => void;
}

/** Shows the transitions of one line of the chart, and the rows of this call that took them. */
export function LinePanel({ transitions, rows, startedAt, onPlace, onClose }: LinePanelProps) {
  const [first] = transitions;
  const ways = transitions.map((transition) => ({
    transition,
    takenBy: rows.flatMap((row, index) =>
      row.taken?.includes(transition.id) === true ? [{ row, index }] : [],
    ),
  }));
  const others = ways.filter(({ takenBy }) => takenBy.length === 0);
  return (
    <section className="state-panel" aria-label="Line of the chart">
      <header>
        <h2 className="mono">
          {first?.source === '' ? 'anywhere' : first?.source} → {first?.target}
        </h2>
        <Button className="button" data-kind="plain" data-icon-only="" aria-label="Close" onPress={onClose}>
          ×
        </Button>
      </header>
      {ways.map(({ transition, takenBy }) =>
        takenBy.length === 0 ? null : (
          <div key={transition.id}>
            <h3>{inWords(transition)}</h3>
            <ol>
              {takenBy.map(({ row: { seq, at, event }, index }) => (
                <li key={seq}>
                  <button
                    type="button"
                    className="state-visit"
                    onClick={() => {
                      onPlace(index + 1);
                    }}
                  >
                    <span>{placeText(at - startedAt)}</span>
                    <span className="quiet">{event}</span>
                  </button>
                </li>
              ))}
            </ol>
          </div>
        ),
      )}
      {others.length > 0 && (
        <>
          <h3>Not taken in this call</h3>
          <ul className="state-lines">
            {others.map(({ transition }) => (
              <li key={transition.id}>{inWords(transition)}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const inWords = ({ label, guard }: Transition) => (
  <>
    <code>{label}</code>
    {guard !== null && <em> [{guard}]</em>}
  </>
);
