/** What a simulated call came to. */
export interface CallReport {
  readonly bargeIns: number;
  /** States in which the caller broke in, and how often. */
  readonly states: ReadonlyMap<string, number>;
  /** Of each cut of the model's memory: where it ends, less what was heard, in ms. */
  readonly errorsMs: readonly number[];
  /** What was not as it must be. */
  readonly faults: readonly string[];
}

/** Many calls together. */
export class Tally {
  bargeIns = 0;
  readonly states = new Map<string, number>();
  readonly errorsMs: number[] = [];
  readonly faults: string[] = [];

  /** @param name - of the call, to find it again by. */
  add({ bargeIns, errorsMs, faults, states }: CallReport, name: string): void {
    this.bargeIns += bargeIns;
    this.errorsMs.push(...errorsMs);
    for (const [state, count] of states) this.states.set(state, (this.states.get(state) ?? 0) + count);
    for (const fault of faults) this.faults.push(`${name}: ${fault}`);
  }

  /** One line: how many cuts there were, and how far they were off. */
  get line(): string {
    const off = this.errorsMs.map(Math.abs).sort((one, other) => one - other);
    const at = (share: number) =>
      (off[Math.min(off.length - 1, Math.floor(off.length * share))] ?? 0).toFixed(0);
    return `${String(this.bargeIns)} barge-ins, ${String(off.length)} truncations: off by ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (max)`;
  }
}
