import { lengthText, NOTHING } from '../parts/figures.ts';
import { type Latency, percentile, totalOf } from '../timeline/latencies.ts';
import './latency-bars.css';

interface LatencyBarsProps {
  readonly latencies: readonly Latency[];
  readonly onPlace: (seq: number) => void;
}

const PARTS = [
  { key: 'turn', words: 'turn ends', title: 'The caller stops → the turn is committed' },
  { key: 'model', words: 'model', title: 'Committed → first audio of the reply' },
  { key: 'playback', words: 'playback', title: 'First audio → heard by the caller' },
] as const;

/** For each reply: what the caller waited for, and how long. */
export function LatencyBars({ latencies, onPlace }: LatencyBarsProps) {
  const totals = latencies.flatMap((latency) => totalOf(latency) ?? []);
  const longest = Math.max(1, ...totals);
  if (latencies.length === 0) {
    return <p className="latency-none quiet">No turn of the caller has been answered yet.</p>;
  }
  return (
    <div className="latency">
      <dl className="latency-figures">
        <Figure name="p50" ms={percentile(totals, 0.5)} />
        <Figure name="p95" ms={percentile(totals, 0.95)} />
        <Figure name="longest" ms={totals.length === 0 ? undefined : longest} />
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
        {latencies.map((latency) => (
          <li key={latency.seq}>
            <button
              type="button"
              className="latency-turn"
              onClick={() => {
                onPlace(latency.seq);
              }}
            >
              <span className="latency-number">
                <span className="visually-hidden">Turn </span>
                {latency.turn}
              </span>
              <span className="latency-track">
                <span className="visually-hidden">{sentenceOf(latency)}</span>
                {partsOf(latency).map(({ key, ms }) => (
                  <span
                    key={key}
                    className="latency-part"
                    data-part={key}
                    title={lengthText(ms)}
                    style={{ width: `${String((100 * ms) / longest)}%` }}
                  />
                ))}
              </span>
              <span className="latency-total">{figureOf(totalOf(latency))}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

const figureOf = (ms: number | undefined) => (ms === undefined ? NOTHING : lengthText(ms));

function Figure({ name, ms }: { readonly name: string; readonly ms: number | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{figureOf(ms)}</dd>
    </div>
  );
}

interface Part {
  readonly key: (typeof PARTS)[number]['key'];
  readonly ms: number;
}

/** The parts of the wait, as far as it went; those that took no time are left out. */
function partsOf({ callerStoppedAt, committedAt, firstDeltaAt, audibleAt }: Latency): Part[] {
  const committed = committedAt ?? callerStoppedAt;
  const first = Math.max(committed, firstDeltaAt ?? audibleAt ?? committed);
  const parts: Part[] = [
    { key: 'turn', ms: committed - callerStoppedAt },
    { key: 'model', ms: first - committed },
    { key: 'playback', ms: (audibleAt ?? first) - first },
  ];
  return parts.filter(({ ms }) => ms > 0);
}

function sentenceOf(latency: Latency): string {
  const words = new Map(PARTS.map(({ key, words }) => [key, words]));
  return partsOf(latency)
    .map(({ key, ms }) => `${words.get(key) ?? key} ${lengthText(ms)}`)
    .join(', ');
}
