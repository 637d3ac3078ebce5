import type { Clock } from '../../clock.ts';
import type { CallIdentity, LiveCalls } from './live-calls.ts';
import type { LiveFeed } from './live-feed.ts';

export interface AwaitedSightParts {
  readonly calls: Pick<LiveCalls, 'wait' | 'isAwaited'>;
  readonly feed: Pick<LiveFeed, 'ended'>;
  readonly clock: Clock;
}

/** Whoever has a call says so by then, where somebody watches, in ms. */
const SAID_WITHIN_MS = 3000;

/** Has viewers see the calls that no process has: each once, until somebody has it, or it has ended. */
export class AwaitedSight {
  readonly #parts: AwaitedSightParts;
  readonly #timers = new Set<unknown>();

  constructor(parts: AwaitedSightParts) {
    this.#parts = parts;
  }

  readonly onAwaited = (call: CallIdentity & { readonly state: string }): void => {
    this.#parts.calls.wait(call, call.state);
  };

  /** It stays until it is seen where it is now. One that has ended meanwhile, or that nobody watches, is seen no more. */
  readonly onBack = (callSid: string): void => {
    const { calls, clock } = this.#parts;
    if (!calls.isAwaited(callSid)) return;
    const timer = clock.setTimeout(() => {
      this.#timers.delete(timer);
      if (calls.isAwaited(callSid)) this.#parts.feed.ended(callSid);
    }, SAID_WITHIN_MS);
    this.#timers.add(timer);
  };

  readonly onOver = (callSid: string): void => {
    this.#parts.feed.ended(callSid);
  };

  close(): void {
    for (const timer of this.#timers) this.#parts.clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
