import type { Clock } from '../../clock.ts';
import type { CallRegistry } from './call-registry.ts';
import { HandingOver, type Successors } from './handing-over.ts';

export interface DrainingParts {
  readonly registry: Pick<CallRegistry, 'all'>;
  /** Who goes on with calls that can be handed over; undefined: nobody. */
  readonly successors?: Successors | undefined;
  readonly clock: Clock;
}

/**
 * Hands over the calls of a process that is to end, where there is somebody to go on with them, waits for the others, and
 * ends what is left after `withinMs`.
 */
export async function drainCalls(
  { registry, successors, clock }: DrainingParts,
  withinMs: number,
): Promise<void> {
  const handing = successors && new HandingOver({ registry, successors, clock });
  handing?.begin(withinMs);
  let timer: unknown;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, withinMs);
  });
  await Promise.race([allGone(registry), late]);
  clock.clearTimeout(timer);
  handing?.stop();
  const left = registry.all();
  for (const { running } of left) running.tell({ type: 'hangup.requested' });
  await Promise.all(left.map(({ running }) => running.done));
}

/** Those, too, that were on their way when it began. */
async function allGone(registry: DrainingParts['registry']): Promise<void> {
  for (let left = registry.all(); left.length > 0; left = registry.all())
    await Promise.all(left.map(({ running }) => running.done));
}
