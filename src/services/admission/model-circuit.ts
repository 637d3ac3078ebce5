import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { type FeedListener, listenerOf } from '../../protocol/call-feed.ts';

/** One refusal may be of one profile, or a moment's. So many in a row are the key's, or the account's. */
const OPENS_AT = 3;
/** While the circuit is open one call in so long may find out whether it still has to be. */
const TRIES_EVERY_MS = 60_000;

/**
 * What one process learns of the model that is true for all: `refused` with the far end's word for why, and with how many
 * calls in a row it has refused by now: a process that has just begun knows of none before.
 */
export type ModelNews =
  | { readonly of: 'served' }
  | { readonly of: 'refused'; readonly cause: string; readonly inARow: number }
  /** A call was let through to find out. */
  | { readonly of: 'tried' };

export interface ModelCircuitParts {
  /** Whether a cause is the fault of key, account or model: no session of this engine will work. */
  readonly isFinal: (cause: string) => boolean;
  readonly clock: Pick<Clock, 'steady'>;
  readonly log: Log;
}

/**
 * Keeps new calls from a model that refuses this engine. A caller who would hear nothing but an apology hears at once
 * that nobody can answer, and each minute one call tries whether that still holds. Learns from the feeds of all calls, and
 * from the other workers.
 */
export class ModelCircuit {
  readonly #parts: ModelCircuitParts;
  #refusals = 0;
  #triedAt = 0;
  readonly #listeners: ((news: ModelNews) => void)[] = [];
  readonly listen: FeedListener = listenerOf({
    'model.configured': () => {
      if (this.#refusals > 0) this.#happened({ of: 'served' });
    },
    'model.refused': ({ body: { error } }) => {
      const { cause } = error;
      if (cause !== undefined && this.#parts.isFinal(cause))
        this.#happened({ of: 'refused', cause, inARow: this.#refusals + 1 });
    },
  });

  constructor(parts: ModelCircuitParts) {
    this.#parts = parts;
  }

  /** The model has refused several calls in a row, and none has been served since. */
  get isOpen(): boolean {
    return this.#refusals >= OPENS_AT;
  }

  /** Whether a new call may be sent to the model. To be asked once for each. */
  admits(): boolean {
    if (!this.isOpen) return true;
    const now = this.#parts.clock.steady();
    if (now - this.#triedAt < TRIES_EVERY_MS) return false;
    this.#happened({ of: 'tried' });
    return true;
  }

  /** Called with what this process learns: the others go by it, too. */
  onNews(listener: (news: ModelNews) => void): void {
    this.#listeners.push(listener);
  }

  /** Goes by what this process, or another one, has learnt. */
  learn(news: ModelNews): void {
    if (news.of === 'served') this.#served();
    else this.#triedAt = this.#parts.clock.steady();
    if (news.of === 'refused') this.#refused(news);
  }

  #happened(news: ModelNews): void {
    this.learn(news);
    for (const listener of this.#listeners) listener(news);
  }

  #served(): void {
    if (this.isOpen) this.#parts.log.info({}, 'model serves calls again');
    this.#refusals = 0;
  }

  #refused({ cause, inARow }: Extract<ModelNews, { of: 'refused' }>): void {
    const wasOpen = this.isOpen;
    this.#refusals = Math.max(this.#refusals + 1, inARow);
    if (this.isOpen && !wasOpen)
      this.#parts.log.error({ cause }, 'model refuses this engine, new calls hear the busy message');
  }
}
