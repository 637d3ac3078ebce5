import type { Clock } from '../clock.ts';
import type { CallNews, NewsPrinter } from './call-news.ts';

/** States and words are looked up; what happened on the line is known at once. By then both are here. */
const HOLD_MS = 600;

export interface NewsOrderOptions {
  readonly clock: Clock;
  /** Milliseconds since the call was placed, now. */
  readonly now: () => number;
  readonly print: NewsPrinter;
}

/**
 * The news of a call in the order of their times: each is held back a little, for what came before it and is known
 * later. What is known later still (the agent's words, which stand when they were heard) is told when it is known, and
 * no earlier than what was told last: times never go back.
 */
export class NewsOrder {
  readonly #options: NewsOrderOptions;
  readonly #held: CallNews[] = [];
  #lastMs = 0;
  #timer: unknown;

  constructor(options: NewsOrderOptions) {
    this.#options = options;
  }

  take(news: CallNews): void {
    // Ties keep the order in which they came.
    const after = this.#held.findIndex(({ atMs }) => atMs > news.atMs);
    this.#held.splice(after === -1 ? this.#held.length : after, 0, news);
    this.#release(this.#options.now() - HOLD_MS);
  }

  /** Tells all that is held. */
  flush(): void {
    this.#release(Infinity);
  }

  #release(until: number): void {
    const { clock, now, print } = this.#options;
    clock.clearTimeout(this.#timer);
    while ((this.#held[0]?.atMs ?? Infinity) <= until) {
      const news = this.#held.shift();
      if (news === undefined) break;
      this.#lastMs = Math.max(this.#lastMs, news.atMs);
      print({ ...news, atMs: this.#lastMs });
    }
    const [next] = this.#held;
    if (next === undefined) return;
    this.#timer = clock.setTimeout(
      () => {
        this.#release(now() - HOLD_MS);
      },
      Math.max(1, Math.ceil(next.atMs + HOLD_MS - now())),
    );
  }
}
