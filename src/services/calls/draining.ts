import type { Clock } from '../../clock.ts';
import type { CallInProgress, CallRegistry } from './call-registry.ts';
import { HandingOver, type Successors } from './handing-over.ts';

export interface DrainingParts {
  readonly registry: Pick<CallRegistry, 'all'>;
  /** Who goes on with calls that can be handed over; undefined: nobody. */
  readonly successors?: Successors | undefined;
  readonly clock: Clock;
}

/** Others are asked whether they go on, and answer within this, in ms: also a process that has no time to wait hears of them. */
const ANSWERED_WITHIN_MS = 250;

/**
 * Hands over the calls of a process that is to end, where there is somebody to go on with them, and waits for the others.
 * What is left after `withinMs` is ended; where somebody goes on it is left as it is, for the end of the process.
 */
export async function drainCalls(
  { registry, successors, clock }: DrainingParts,
  withinMs: number,
): Promise<void> {
  const handing = successors && new HandingOver({ registry, successors, clock });
  handing?.begin(withinMs);
  let timer: unknown;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(
      resolve,
      handing === undefined ? withinMs : Math.max(withinMs, ANSWERED_WITHIN_MS),
    );
  });
  await Promise.race([allGone(registry), late]);
  clock.clearTimeout(timer);
  handing?.stop();
  const left = registry.all().filter((call) => !comesBack(call, successors));
  for (const { running } of left) running.tell({ type: 'hangup.requested' });
  await Promise.all(left.map(({ running }) => running.done));
}

/** The carrier asks what comes after the stream of a process that has ended, and somebody brings the call back. */
const comesBack = ({ peer }: CallInProgress, successors: Successors | undefined) =>
  peer === 'carrier' && successors?.areThere === true;

/** Those, too, that were on their way when it began. */
async function allGone(registry: DrainingParts['registry']): Promise<void> {
  for (let left = registry.all(); left.length > 0; left = registry.all())
    await Promise.all(left.map(({ running }) => running.done));
}
