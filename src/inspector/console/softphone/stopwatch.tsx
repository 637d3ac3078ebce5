import { useEffect, useState } from 'react';
import { now } from '../clock.ts';
import { clockText } from '../parts/figures.ts';

/** How long it has lasted since `startedAt`, in ms of the viewer's clock. */
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
