import { useEffect, useState } from 'react';
import { now } from '../clock.ts';
import { clockText } from '../parts/figures.ts';

/** Shows the time that has passed since `startedAt`, which is in ms since the Unix epoch by the viewer's clock. */
export function Stopwatch({ startedAt }: { readonly startedAt: number }) {
  const [at, setAt] = useState(startedAt);
  useEffect(() => {
    const timer = window.setInterval(() => {
      setAt(now());
    }, 1000);
    return () => {
      window.clearInterval(timer);
    };
  }, [startedAt]);
  return (
    <time className="stopwatch mono" role="timer">
      {clockText(at - startedAt)}
    </time>
  );
}
