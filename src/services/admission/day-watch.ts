import type { Log } from '../../log.ts';
import type { DayCeilings, DaySums } from '../storage/admission.port.ts';

export interface DayWatchParts {
  readonly ceilings: DayCeilings;
  readonly log: Log;
  /** Shows what the day has come to. */
  readonly show: (sums: DaySums) => void;
  /** The calls in progress have cost twice what the day may. */
  readonly onOverdrawn: () => void;
}

const NEAR = 0.8;
/**
 * Past a ceiling calls in progress go on: nobody is cut off for what others
 * spent. What they can cost still has an end, so at twice the ceiling theirs does.
 */
const OVERDRAWN = 2;

const STEPS = [
  [NEAR, 'daily limit nearly reached'],
  [1, 'daily limit reached: new calls are refused'],
  [OVERDRAWN, 'twice the daily limit reached: calls in progress are ended'],
] as const;

/** Logs each step towards a daily limit once, before callers notice. */
export class DayWatch {
  readonly #parts: DayWatchParts;
  #day = '';
  /** By the sum's name: how many of the steps were told. */
  readonly #told = new Map<keyof DaySums, number>();

  constructor(parts: DayWatchParts) {
    this.#parts = parts;
  }

  see(day: string, sums: DaySums): void {
    // A write of yesterday can come late.
    if (day < this.#day) return;
    if (day !== this.#day) this.#told.clear();
    this.#day = day;
    this.#parts.show(sums);
    for (const what of ['calls', 'modelMs', 'costMicros'] as const) this.#compare(what, sums[what]);
  }

  #compare(what: keyof DaySums, spent: number): void {
    const { ceilings, log, onOverdrawn } = this.#parts;
    const ceiling = ceilings[what];
    if (ceiling === null) return;
    // Calls that were taken cost nothing more by going on.
    const steps = what === 'calls' ? STEPS.slice(0, 2) : STEPS;
    const reached = steps.filter(([times]) => spent >= times * ceiling).length;
    if (reached === STEPS.length) onOverdrawn();
    if (reached <= (this.#told.get(what) ?? 0)) return;
    this.#told.set(what, reached);
    log.warn({ day: this.#day, what, spent, ceiling }, steps[reached - 1]?.[1] ?? '');
  }
}
