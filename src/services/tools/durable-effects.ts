import { noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Journal, Transactions } from '../storage/journal.port.ts';
import type { Settled } from './call-tools.ts';
import { repeated } from './tool-output.ts';

/** What an effect is written down with. `undoes` names tools whose earlier outcomes in the call hold no longer after it. */
type EffectIntent = Omit<Parameters<Transactions['intendEffect']>[0], 'at'> & {
  readonly undoes: readonly string[];
  /** The date by the call's own clock. */
  readonly now: () => number;
};

/**
 * Puts an effect between two durable rows: that it is about to be tried, before
 * anything of it leaves, and what it came to, before the model is told. What a
 * process before this one was told is told again; what it left open is done
 * again under the same key, which finds what was done.
 */
export class DurableEffects {
  readonly #journal: Journal;
  readonly #log: Log;

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  /**
   * @param isLate - asked when the effect is over: whether nobody waits for it any more.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the intent cannot be written: nothing was done.
   */
  async around(
    { undoes, now, ...intent }: EffectIntent,
    effect: () => Promise<Settled>,
    isLate: () => boolean,
  ): Promise<Settled> {
    const { key, callSid, tool } = intent;
    const { outcome: earlier } = await this.#journal.transact('intendEffect', {
      ...intent,
      at: now(),
    });
    if (earlier !== undefined) return { outcome: repeated(earlier), isFinal: true };

    const settled = await effect();
    const { outcome, isFinal } = settled;
    const end = { key, callSid, outcome, isFinal, isLate: isLate(), undoes, at: now() };
    try {
      await this.#journal.keep('concludeEffect', end);
    } catch (thrown) {
      // What it came to is the truth all the same; the intent stays open, and its key finds what was done.
      const { code } = noteOf(thrown, 'STORAGE_UNAVAILABLE');
      this.#log.error({ callSid, tool, code }, 'outcome of an effect not stored');
    }
    return settled;
  }
}
