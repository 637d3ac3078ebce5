import { useState } from 'react';
import { Button, Checkbox } from 'react-aria-components';
import { countText } from './figures.ts';
import type { EdgeTraffic } from './traffic.ts';
import '../parts/chip.css';

interface TransitionListProps {
  readonly traffic: readonly EdgeTraffic[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** Every transition with its count: the chart as a table, for reading and for the keyboard. */
export function TransitionList({ traffic, chosen, onChoose }: TransitionListProps) {
  const [isNeverOnly, setNeverOnly] = useState(false);
  const never = traffic.filter(({ count }) => count === 0);
  const shown = isNeverOnly ? never : traffic;
  const most = Math.max(1, ...traffic.map(({ count }) => count));
  return (
    <section className="transitions" aria-label="Transitions">
      <header className="transitions-head">
        <h2>
          {countText(traffic.length - never.length)} of {countText(traffic.length)} transitions taken
        </h2>
        <Checkbox className="chip" isSelected={isNeverOnly} onChange={setNeverOnly}>
          Never taken
        </Checkbox>
      </header>
      <ol className="transitions-list">
        {shown.map(({ edge, source, target, count }) => (
          <li key={edge.id}>
            <Button
              className="transition"
              {...(edge.id === chosen && { 'data-chosen': true, 'aria-current': true })}
              isDisabled={count === 0}
              onPress={() => {
                onChoose(edge.id);
              }}
            >
              <span
                className="transition-fill"
                style={{ width: `${String((count / most) * 100)}%` }}
                aria-hidden="true"
              />
              <span className="transition-event">
                {edge.label}
                {edge.guard !== null && <span className="quiet"> if {edge.guard}</span>}
              </span>
              <span className="transition-count">{countText(count)}</span>
              <span className="transition-way label">
                {source === '' ? 'anywhere' : source} {target === null ? '' : `→ ${target}`}
              </span>
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}
