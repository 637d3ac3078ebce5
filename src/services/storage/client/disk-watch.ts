import type { Clock } from '../../../clock.ts';
import { EngineError, errorOf } from '../../../errors.ts';
import { JOURNAL_TROUBLES, type JournalTrouble } from '../../../protocol/journal-troubles.ts';
import type { DiskRefusal } from '../sqlite/journal-messages.ts';
import type { JournalLog } from './row-gatherer.ts';

/** A write that waits longer than this, in ms, means a disk that is as good as none. */
const MAX_LAG_MS = 5000;

/** What stands in the way of writes: what the thread has told of the disk, or how long it has not told anything. */
export class DiskWatch {
  readonly #log: JournalLog;
  readonly #clock: Pick<Clock, 'steady'>;
  readonly #countFault: () => void;
  #refusal: DiskRefusal | undefined;

  /** @param countFault - called once for each trouble of the disk, and for each death of the thread. */
  constructor(log: JournalLog, clock: Pick<Clock, 'steady'>, countFault: () => void) {
    this.#log = log;
    this.#clock = clock;
    this.#countFault = countFault;
  }

  get refuses(): boolean {
    return this.#refusal !== undefined;
  }

  refused(refusal: DiskRefusal): void {
    const { trouble, note } = refusal;
    if (this.#refusal?.trouble !== trouble) {
      this.#log.error({ ...note, trouble }, 'journal refuses writes');
      this.#countFault();
    }
    this.#refusal = refusal;
  }

  /** It takes writes, again or still. */
  takesWrites(): void {
    if (this.#refusal === undefined) return;
    this.#refusal = undefined;
    this.#log.warn({}, 'journal accepts writes again'); // As often as it refuses: sampled as that is.
  }

  threadFailed({ code, message }: EngineError, sentence: string): void {
    this.#log.error({ code, message }, sentence);
    this.#countFault();
  }

  /** @param oldest - since when the oldest write waits, by the steady clock. */
  trouble(oldest: number | undefined): JournalTrouble | undefined {
    return this.#refusal?.trouble ?? (lagOf(oldest, this.#clock) > MAX_LAG_MS ? 'slow' : undefined);
  }

  /** Why a transaction is not taken now. */
  whyNot(oldest: number | undefined): EngineError {
    if (this.#refusal !== undefined) return errorOf(this.#refusal.note);
    const isSlow = this.trouble(oldest) === 'slow';
    return new EngineError(
      'STORAGE_UNAVAILABLE',
      isSlow ? JOURNAL_TROUBLES.slow : 'too many writes are waiting',
    );
  }
}

/**
 * How long the oldest write has waited, in ms.
 * @param oldest - since when, by the steady clock.
 */
export const lagOf = (oldest: number | undefined, clock: Pick<Clock, 'steady'>): number =>
  oldest === undefined ? 0 : clock.steady() - oldest;
