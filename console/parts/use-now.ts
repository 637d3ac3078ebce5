import { useEffect, useState } from 'react';
import { now } from '../clock.ts';

/** The present in ms since the Unix epoch, told every `everyMs` ms; it stands still while `isRunning` is false. */
export function useNow(everyMs: number, isRunning = true): number {
  const [at, tick] = useState(now);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => {
      tick(now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, isRunning]);
  return at;
}
