import { type Clock, systemClock } from '../../src/clock.ts';
import { Pipe } from '../../src/services/workers/pipe.ts';

/** Both ends of a pipe within one process: what is sent arrives a turn later, as a copy. */
export function pipePair(clock: Clock = systemClock): [near: Pipe, far: Pipe] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
  const end = (own: 0 | 1, other: 0 | 1) =>
    new Pipe(
      {
        send: (message) => {
          const copy: unknown = structuredClone(message);
          setImmediate(() => {
            for (const listen of listeners[other]) listen(copy);
          });
          return () => undefined;
        },
        onMessage: (listener) => {
          listeners[own].push((message) => {
            listener(message, undefined);
          });
        },
      },
      clock,
    );
  return [end(0, 1), end(1, 0)];
}
