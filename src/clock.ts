/**
 * The one clock of the engine: timers of charts, deadlines, journal times.
 * Tests pass a virtual one; nothing but this file reads the real time.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, for what is written down. Jumps when somebody sets the machine's clock. */
  now(): number;
  /**
   * Milliseconds that only ever pass, for limits, lives and durations: since the Unix epoch as the machine's
   * clock had it when the process began, and from there by the monotonic one. Two processes agree on it as
   * far as the machine's clock was not set between their beginnings.
   */
  steady(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => Math.floor(performance.timeOrigin + performance.now()),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => {
    clearTimeout(id as NodeJS.Timeout);
  },
};

/**
 * The same clock, with dates that never jump: they begin with today's and lie as far apart as time passed. For
 * one call: its rows are dates, and what lies between two of them is a duration.
 */
export function withoutJumps(clock: Clock): Clock {
  const ahead = clock.now() - clock.steady();
  return {
    now: () => clock.steady() + ahead,
    steady: () => clock.steady(),
    setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
    clearTimeout: (id) => {
      clock.clearTimeout(id);
    },
  };
}
