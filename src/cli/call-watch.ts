import type { Clock } from '../clock.ts';
import { FEED_VERSION } from '../protocol/call-feed.ts';
import { readFeedEvent } from '../protocol/feed-rows.ts';
import type { CallNews } from './call-news.ts';
import type { ToldCall, NotTold } from './told-call.ts';
import { ToolCalls } from './tool-calls.ts';

/** Often enough to read along; each look costs the engine three small reads. */
const LOOK_EVERY_MS = 250;
/** What the engine has written by then of an ended call is all that there will be. */
const SETTLE_WITHIN_MS = 5000;

const EXPLANATIONS: Readonly<Record<NotTold, string | undefined>> = {
  unknown: undefined,
  refused: 'states and words are not shown: the engine asks for its ADMIN_TOKEN',
  unreachable: 'states and words are not shown: the engine’s API does not answer',
};

export interface CallWatchOptions {
  readonly clock: Clock;
  /** When the call was placed, by the clock. */
  readonly placedAt: number;
  /** Reads the record, with the events beyond a seq. */
  readonly read: (after: number) => Promise<ToldCall | NotTold>;
  readonly tell: (news: CallNews) => void;
}

/** Reads along in the engine's record of a call while it runs, and tells each state and each line once. */
export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #told = new Set<string>();
  readonly #toolCalls = new ToolCalls();
  #lastSeq = 0;
  #state = '';
  #endReason: string | undefined;
  #failure: ToldCall['failure'];
  #wasExplained = false;
  #timer: unknown;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: CallWatchOptions) {
    this.#options = options;
  }

  /** The chart's state path, as far as it was read; empty at first. */
  get state(): string {
    return this.#state;
  }

  get endReason(): string | undefined {
    return this.#endReason;
  }

  /** Why it failed, where it did and the engine says so. */
  get failure(): ToldCall['failure'] {
    return this.#failure;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, LOOK_EVERY_MS);
  }

  /** Reads until the engine has written the end, or for some seconds. */
  async settle(): Promise<void> {
    const { clock } = this.#options;
    this.#isStopped = true;
    clock.clearTimeout(this.#timer);
    await this.#looking;
    const until = clock.steady() + SETTLE_WITHIN_MS;
    for (;;) {
      await this.#look();
      if (this.#state === 'ended' || this.#wasExplained || clock.steady() >= until) return;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async #look(): Promise<void> {
    const record = await this.#options.read(this.#lastSeq);
    if (typeof record === 'string') this.#explain(record);
    else {
      // An engine that was started again tells the call on.
      this.#wasExplained = false;
      this.#compare(record);
    }
  }

  #compare(record: ToldCall): void {
    for (const { seq, at, state, event, body } of record.events) {
      if (seq <= this.#lastSeq) continue;
      this.#lastSeq = seq;
      const atMs = this.#atMs(Date.parse(at));
      if (state !== '') this.#enter(state, Date.parse(at));
      const news = this.#toolCalls.take(readFeedEvent(FEED_VERSION, event, body), atMs);
      if (news !== undefined) this.#tell(news);
    }
    for (const { role, itemId, at, text, interrupted } of record.transcript) {
      if (text === '' || this.#told.has(`${role} ${itemId}`)) continue;
      this.#told.add(`${role} ${itemId}`);
      this.#tell({ type: 'said', atMs: this.#atMs(Date.parse(at)), role, text, interrupted });
    }
    // Where the chart is stands in the rows alone: the call is read before them and is older. Nothing follows its end.
    if (record.state === 'ended') this.#enter('ended', this.#options.clock.now());
    this.#endReason = record.endReason;
    this.#failure = record.failure;
  }

  #enter(state: string, at: number): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell({ type: 'state', atMs: this.#atMs(at), state });
  }

  #explain(why: NotTold): void {
    const text = EXPLANATIONS[why];
    if (text === undefined || this.#wasExplained) return;
    this.#wasExplained = true;
    this.#tell({ type: 'note', atMs: this.#atMs(this.#options.clock.now()), text });
  }

  #atMs(at: number): number {
    return Math.max(0, at - this.#options.placedAt);
  }

  #tell(news: CallNews): void {
    this.#options.tell(news);
  }
}
