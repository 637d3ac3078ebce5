import type { Clock } from '../clock.ts';
import { giveMemoryBack, START_TAKES_MS } from '../heap.ts';
import type { CallRegistry } from '../services/calls/call-registry.ts';
import type { Service } from './service.ts';

/**
 * Has an engine that waits for its first call keep no memory that only its start needed: a third of what it has, also in a
 * worker that is a spare one for days. One that has calls by then needs the room.
 */
export function openStartGarbage(
  registry: Pick<CallRegistry, 'size'>,
  clock: Clock,
  giveBack: () => void = giveMemoryBack,
): { readonly service: Service } {
  const timer = clock.setTimeout(() => {
    if (registry.size === 0) giveBack();
  }, START_TAKES_MS);
  return {
    service: {
      name: 'memory',
      stop: () => {
        clock.clearTimeout(timer);
        return Promise.resolve();
      },
    },
  };
}
