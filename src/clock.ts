/**
 * The one clock of the engine: timers of charts, deadlines, journal times.
 * Tests pass a virtual one; nothing but this file reads the real time.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, for what is written down. */
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => {
    clearTimeout(id as NodeJS.Timeout);
  },
};
