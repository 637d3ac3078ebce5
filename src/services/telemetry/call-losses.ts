import type { FeedEntry, StoredEntry } from '../../protocol/call-feed.ts';
import type { CallLoss } from '../../protocol/console-calls.ts';
import { LossFold } from '../../protocol/losses.ts';
import type { Metrics } from './metrics.ts';

type LossMetrics = Pick<
  Metrics,
  'took' | 'modelReplaced' | 'streamReplaced' | 'callResumed' | 'callHandedOver'
>;

/** Counts what one call lost and got back, and books how long it was without. */
export class CallLosses {
  readonly #metrics: LossMetrics;
  readonly #fold = new LossFold();

  /** @param before - what earlier processes wrote of the call. What it got back in those, they have counted. */
  constructor(metrics: LossMetrics, before: readonly StoredEntry[] = []) {
    this.#metrics = metrics;
    for (const row of before) this.#fold.take(row);
  }

  /** Takes every entry of the call's feed. */
  take(entry: FeedEntry): void {
    for (const loss of this.#fold.take({ seq: 0, ...entry })) this.#count(loss);
  }

  #count({ of, isPlanned, gapMs }: CallLoss): void {
    if (isPlanned) {
      this.#metrics.callHandedOver();
      return;
    }
    if (gapMs !== null) this.#metrics.took(GAP[of], gapMs);
    if (of === 'session') this.#metrics.modelReplaced();
    else if (of === 'stream') this.#metrics.streamReplaced();
    else this.#metrics.callResumed();
  }
}

const GAP = { session: 'modelGap', stream: 'streamGap', process: 'resumedGap' } as const;
