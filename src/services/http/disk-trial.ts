import type { Clock } from '../../clock.ts';
import type { JournalTrouble } from '../../protocol/journal-troubles.ts';
import type { Journal } from '../storage/journal.port.ts';

/** Between two trials, in ms: whoever asks more often is told what the last one found. */
const TRY_EVERY_MS = 1000;
/** How long one may take, in ms: longer than another program's lock is waited for. */
const TRY_WITHIN_MS = 2000;

export interface DiskTrialParts {
  readonly journal: Pick<Journal, 'trouble' | 'transact'>;
  readonly clock: Clock;
}

/** Finds out what is wrong with the disk, by writing: while nobody calls, nothing else is written. */
export class DiskTrial {
  readonly #parts: DiskTrialParts;
  #triedAt = Number.NEGATIVE_INFINITY;
  #trial: Promise<void> = Promise.resolve();

  constructor(parts: DiskTrialParts) {
    this.#parts = parts;
  }

  async trouble(): Promise<JournalTrouble | undefined> {
    const { journal, clock } = this.#parts;
    if (journal.trouble !== undefined) return journal.trouble;
    if (clock.steady() - this.#triedAt >= TRY_EVERY_MS) {
      this.#triedAt = clock.steady();
      this.#trial = this.#try();
    }
    await this.#trial;
    return journal.trouble;
  }

  async #try(): Promise<void> {
    const { journal, clock } = this.#parts;
    // What it found, the journal tells.
    const tried = journal.transact('tryDisk', {}).catch(() => undefined);
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, TRY_WITHIN_MS);
    });
    await Promise.race([tried, late]);
    clock.clearTimeout(timer);
  }
}
