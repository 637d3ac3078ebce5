import type { Clock } from '../../clock.ts';

/** A time limit, and the signal of whoever waits: the first of both. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when it was the time that ran out. */
  readonly isOver: () => boolean;
  /** Disarms it. */
  clear(): void;
}

/** Arms a limit of `ms` on top of a signal. */
export function deadlineAfter(ms: number, clock: Clock, signal?: AbortSignal): Deadline {
  const time = new AbortController();
  const timer = clock.setTimeout(() => {
    time.abort();
  }, ms);
  return {
    signal: signal === undefined ? time.signal : AbortSignal.any([signal, time.signal]),
    isOver: () => time.signal.aborted,
    clear: () => {
      clock.clearTimeout(timer);
    },
  };
}
