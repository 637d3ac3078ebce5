/** Holds the name of the mutant that the tests of a process meet. */
export const MUTANT_VARIABLE = 'CHART_MUTANT';

/** To the process that tries mutants: try this one, or the real charts. */
export interface Trial {
  readonly mutant: string | undefined;
  /** Without the tests that explore whole charts: what only those notice is told as not noticed. */
  readonly isQuick: boolean;
}

/** From it: the test that failed, or none did. */
export interface Verdict {
  readonly noticedBy: string | undefined;
  /** Tests took too long, or could not be run: a busy machine, or a chart that never rests. */
  readonly isLate: boolean;
}
