import type { TurnTimes } from '../../src/protocol/console-calls.ts';
import { percentile, type Wait, waitOf, waitsOf } from '../../src/protocol/turn-times.ts';
import { lengthText, NOTHING } from '../parts/figures.ts';
import './latency-bars.css';

interface LatencyBarsProps {
  readonly turns: readonly TurnTimes[];
  /** From the start of the stream until the agent is heard, in ms; undefined until then. */
  readonly greetingMs: number | undefined;
  readonly onPlace: (seq: number) => void;
}

const PARTS = [
  { key: 'noticedMs', words: 'noticed', title: 'The caller falls silent → the detector is sure of it' },
  { key: 'modelMs', words: 'model', title: 'The turn is over → first audio of the answer' },
  { key: 'toolsMs', words: 'tools', title: 'A tool runs before there is any audio' },
  { key: 'playbackMs', words: 'playback', title: 'First audio → heard on the line' },
] as const;

/** Shows how long the caller waited for each answer, from the end of their speech, and for what. */
export function LatencyBars({ turns, greetingMs, onPlace }: LatencyBarsProps) {
  const answered = turns.filter(({ firstDeltaAt, audibleAt }) => firstDeltaAt !== null || audibleAt !== null);
  const totals = waitsOf(answered);
  const longest = Math.max(1, ...totals);
  if (answered.length === 0) {
    return <p className="latency-none quiet">No turn of the caller has been answered yet.</p>;
  }
  return (
    <div className="latency">
      <dl className="latency-figures">
        <Figure name="p50" ms={percentile(totals, 0.5)} />
        <Figure name="p95" ms={percentile(totals, 0.95)} />
        <Figure name="longest" ms={totals.length === 0 ? undefined : longest} />
        <Figure name="greeting" ms={greetingMs} />
      </dl>
      <p className="latency-legend">
        {PARTS.map(({ key, words, title }) => (
          <span key={key} title={title}>
            <span className="latency-swatch" data-part={key} aria-hidden="true" />
            {words}
          </span>
        ))}
      </p>
      <ol className="latency-turns" aria-label="Latency by turn">
        {answered.map((turn) => {
          const wait = waitOf(turn);
          return (
            <li key={turn.seq}>
              <button
                type="button"
                className="latency-turn"
                onClick={() => {
                  onPlace(turn.seq);
                }}
              >
                <span className="latency-number">
                  <span className="visually-hidden">Turn </span>
                  {turn.turn}
                </span>
                <span className="latency-track">
                  <span className="visually-hidden">{sentenceOf(wait)}</span>
                  {partsOf(wait).map(({ key, ms, words }) => (
                    <span
                      key={key}
                      className="latency-part"
                      data-part={key}
                      title={`${words} ${lengthText(ms)}`}
                      style={{ width: `${String((100 * ms) / longest)}%` }}
                    />
                  ))}
                </span>
                <span className="latency-total">{totalText(wait)}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {answered.some(({ isAtLeast }) => isAtLeast) && (
        <p className="latency-note quiet">
          ≥: the caller waited for longer. The detector does not tell since when it was silent.
        </p>
      )}
    </div>
  );
}

const figureOf = (ms: number | undefined) => (ms === undefined ? NOTHING : lengthText(ms));

const totalText = ({ totalMs, isAtLeast }: Wait) =>
  isAtLeast && totalMs !== undefined ? `≥ ${lengthText(totalMs)}` : figureOf(totalMs);

function Figure({ name, ms }: { readonly name: string; readonly ms: number | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{figureOf(ms)}</dd>
    </div>
  );
}

/** The parts of a wait that took time, as far as they are known. */
const partsOf = (wait: Wait) =>
  PARTS.map(({ key, words }) => ({ key, words, ms: wait[key] })).filter(({ ms }) => ms > 0);

const sentenceOf = (wait: Wait) =>
  partsOf(wait)
    .map(({ words, ms }) => `${words} ${lengthText(ms)}`)
    .join(', ');
