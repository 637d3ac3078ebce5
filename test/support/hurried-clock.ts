import { type Clock, systemClock } from '../../src/clock.ts';

/** The system's time of day, and timers that are so many times as fast. */
export const hurried = (times: number): Clock => ({
  ...systemClock,
  now: inHaste(() => systemClock.now(), times),
  steady: inHaste(() => systemClock.steady(), times),
  setTimeout: (fn, ms) => systemClock.setTimeout(fn, ms / times),
});

/** Runs ahead with the timers, so that what is due in a minute is due when the timer fires. */
function inHaste(now: () => number, times: number): () => number {
  const start = now();
  return () => start + (now() - start) * times;
}
