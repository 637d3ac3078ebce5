import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Chip } from '../parts/chip.tsx';
import { countText } from '../parts/figures.ts';
import type { EdgeTraffic } from './traffic.ts';

interface TransitionListProps {
  readonly traffic: readonly EdgeTraffic[];
  /** The ids of the transitions to show, those of one line of the map; undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly onShowAll: () => void;
}

/** Lists every transition with its count: the same numbers as the map, for reading and for the keyboard. */
export function TransitionList({ traffic, only, chosen, onChoose, onShowAll }: TransitionListProps) {
  const [isNeverOnly, setNeverOnly] = useState(false);
  const offered = only === undefined ? traffic : traffic.filter(({ edge }) => only.includes(edge.id));
  const never = offered.filter(({ count }) => count === 0);
  const shown = isNeverOnly ? never : offered;
  const most = Math.max(1, ...traffic.map(({ count }) => count));
  return (
    <section className="transitions" aria-label="Transitions">
      <header className="transitions-head">
        <h2>
          {countText(offered.length - never.length)} of {countText(offered.length)} taken
        </h2>
        {only !== undefined && (
          <Button className="button" data-kind="plain" onPress={onShowAll}>
            All transitions
          </Button>
        )}
        <Chip isSelected={isNeverOnly} onChange={setNeverOnly}>
          Never taken
        </Chip>
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
