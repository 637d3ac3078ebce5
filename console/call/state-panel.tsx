import { Button } from 'react-aria-components';
import type { PictureEdge, PictureNode } from '../../src/protocol/console-chart.ts';
import { lengthText, placeText } from '../parts/figures.ts';
import { plainStory } from '../parts/plain-story.ts';
import type { Visit } from '../timeline/standing.ts';

interface StatePanelProps {
  readonly node: PictureNode;
  readonly visits: readonly Visit[];
  readonly edges: readonly PictureEdge[];
  readonly at: number;
  readonly startedAt: number;
  readonly onPlace: (count: number) => void;
  readonly onClose: () => void;
}

/** Shows one state: its story, when the call was in it, what it does and its transitions. */
export function StatePanel({ node, visits, edges, at, startedAt, onPlace, onClose }: StatePanelProps) {
  const doings = [
    ...node.entry.map((action) => `on entry: ${action}`),
    ...node.exit.map((action) => `on exit: ${action}`),
    ...node.invokes.map((child) => `holds: ${child}`),
  ];
  return (
    <section className="state-panel" aria-label={`State ${node.path}`}>
      <header>
        <h2 className="mono">{node.path}</h2>
        <Button className="button" data-kind="plain" data-icon-only="" aria-label="Close" onPress={onClose}>
          ×
        </Button>
      </header>
      {node.story !== '' && <p className="state-story">{plainStory(node.story)}</p>}
      <h3>{visits.length === 0 ? 'Not visited so far' : 'Visits'}</h3>
      <ol>
        {visits.map(({ index, enteredAt, leftAt }) => (
          <li key={index}>
            <button
              type="button"
              className="state-visit"
              onClick={() => {
                onPlace(index + 1);
              }}
            >
              <span>{placeText(enteredAt - startedAt)}</span>
              <span className="quiet">
                {leftAt === undefined
                  ? `${lengthText(Math.max(0, at - enteredAt))} so far`
                  : lengthText(leftAt - enteredAt)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {doings.length > 0 && (
        <>
          <h3>Does</h3>
          <ul className="state-lines">
            {doings.map((doing) => (
              <li key={doing}>{doing}</li>
            ))}
          </ul>
        </>
      )}
      {edges.length > 0 && (
        <>
          <h3>Takes</h3>
          <ul className="state-lines">
            {edges.map(({ id, label, guard, target, note }) => (
              <li key={`${id} ${target ?? ''}`}>
                <code>{label}</code>
                {guard !== null && <em> [{guard}]</em>}
                {target !== null && <> → {target.slice(target.indexOf('.') + 1)}</>}
                {note !== null && <span className="quiet"> {note}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
