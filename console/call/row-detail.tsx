import { Button } from 'react-aria-components';
import { eventName } from '../../src/protocol/call-feed.ts';
import { maskedBody } from '../../src/protocol/word-mask.ts';
import { placeText, timeText } from '../parts/figures.ts';
import { kindOf, type Row } from '../timeline/row.ts';
import type { Transition } from '../timeline/standing.ts';
import './row-detail.css';

interface RowDetailProps {
  readonly row: Row;
  readonly startedAt: number;
  readonly transitions: ReadonlyMap<string, Transition>;
  readonly isRevealed: boolean;
  readonly reveal: (() => void) | undefined;
}

/** Shows one row of the log in full: who told whom, which transitions it took, and its body. */
export function RowDetail({ row, startedAt, transitions, isRevealed, reveal }: RowDetailProps) {
  const { seq, at, from, to, path, taken, regions, body } = row;
  const changed = Object.entries(regions ?? {});
  const name = eventName(row);
  const shown = unpacked(isRevealed ? body : maskedBody(name, body));
  const isEmpty = Object.keys(body).length === 0;
  return (
    <section className="row-detail" aria-label={`Row ${String(seq)}`}>
      <header className="row-detail-head">
        <h2 className="mono">{name}</h2>
        <span className="quiet">
          {kindOf(row)} {String(seq)}, {placeText(at - startedAt)}, {timeText(at)}
        </span>
      </header>
      <dl className="row-detail-facts">
        <dt>from</dt>
        <dd className="mono">
          {from}
          {to !== null && ` → ${to}`}
        </dd>
        <dt>state</dt>
        <dd className="mono">{path}</dd>
        {taken !== null && (
          <>
            <dt>taken</dt>
            <dd>
              {taken.length === 0 ? (
                <span className="quiet">Nobody: this state has no use for it.</span>
              ) : (
                taken.map((id, place) => (
                  <TakenLine key={`${String(place)} ${id}`} id={id} transition={transitions.get(id)} />
                ))
              )}
            </dd>
          </>
        )}
        {changed.length > 0 && (
          <>
            <dt>regions</dt>
            <dd className="mono">{changed.map(([name, inner]) => `${name}.${inner}`).join(', ')}</dd>
          </>
        )}
      </dl>
      {isEmpty ? (
        <p className="quiet row-detail-none">It has no body.</p>
      ) : (
        <>
          <pre className="row-detail-body" tabIndex={0} aria-label="Body">
            {JSON.stringify(shown, null, 2)}
          </pre>
          {reveal !== undefined && (
            <Button className="button row-detail-reveal" onPress={reveal}>
              Show words and numbers
            </Button>
          )}
        </>
      )}
    </section>
  );
}

interface TakenLineProps {
  readonly id: string;
  readonly transition: Transition | undefined;
}

function TakenLine({ id, transition }: TakenLineProps) {
  if (transition === undefined) return <div className="mono">{id}</div>;
  const { source, target, label, guard } = transition;
  return (
    <div className="row-detail-step">
      <span className="mono">{source === '' ? 'anywhere' : source}</span> {label}
      {guard !== null && <em> [{guard}]</em>}
      {target === null ? <span className="quiet"> stays</span> : <span className="mono"> → {target}</span>}
    </div>
  );
}

/** Parses the JSON texts inside a body, such as the arguments and the output of a tool, so that they are shown as JSON. */
function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unpacked(inner)]));
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
