import { expect, onTestFinished } from 'vitest';
import type { FeedEntry, StoredEntry } from '../../../src/protocol/call-feed.ts';
import { unlawful } from './lawful.ts';
import type { ModelWire } from './model-wire.ts';

/**
 * Holds a call of a test, and the wire to its model, to every law: the test fails when one was broken by its end.
 * @param rows - the call's log, which grows meanwhile.
 */
export class HeldCall {
  readonly #faults: string[] = [];
  /** Undefined once it is over: a test can hold thousands of calls, and keeps none of them. */
  #judged: (() => readonly string[]) | undefined;

  constructor(call: string, rows: readonly (FeedEntry | StoredEntry)[], wire: ModelWire) {
    this.#judged = () => [unlawful(call, rows) ?? [], wire.faults].flat();
    onTestFinished(() => {
      this.over();
      expect(this.#faults.join('\n')).toBe('');
    });
  }

  /** The call is over. */
  over(): void {
    this.#faults.push(...(this.#judged?.() ?? []));
    this.#judged = undefined;
  }
}
