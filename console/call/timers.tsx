import { lengthText } from '../parts/figures.ts';
import type { RunningTimer } from '../timeline/standing.ts';

interface TimersProps {
  readonly timers: readonly RunningTimer[];
  /** The moment that is looked at, in ms since the Unix epoch. */
  readonly at: number;
}

/** Shows every timer that runs, and the time that remains. */
export function Timers({ timers, at }: TimersProps) {
  const running = timers.filter(({ startedAt, ms }) => ms === undefined || startedAt + ms > at);
  if (running.length === 0) return null;
  return (
    <ul className="timers" aria-label="Running timers">
      {running.map(({ delay, path, startedAt, ms }) => {
        const left = ms === undefined ? undefined : startedAt + ms - at;
        return (
          <li
            key={`${path} ${delay}`}
            className="timer"
            title={path === '' ? 'of the whole call' : `of ${path}`}
          >
            <span className="timer-name">{delay}</span>
            <span className="timer-left">
              {left === undefined ? `for ${lengthText(at - startedAt)}` : lengthText(left)}
            </span>
            {left !== undefined && ms !== undefined && (
              <span className="timer-bar" aria-hidden="true">
                <span style={{ transform: `scaleX(${String(Math.min(1, left / ms))})` }} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
