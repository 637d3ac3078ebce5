import { type Clock, systemClock } from '../../src/clock.ts';

/** The system's time of day, and timers that are so many times as fast. */
export const hurried = (times: number): Clock => ({
  ...systemClock,
  now: hurriedNow(times),
  setTimeout: (fn, ms) => systemClock.setTimeout(fn, ms / times),
});

/** Runs ahead with the timers, so that what is due in a minute is due when the timer fires. */
function hurriedNow(times: number): () => number {
  const start = systemClock.now();
  return () => start + (systemClock.now() - start) * times;
}
