import fc from 'fast-check';
import type { Mutant } from './chart-mutants.ts';

/** So many mutants, the same for the same seed and the same charts. */
export function sampleOf(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const length = Math.min(size, mutants.length);
  const subarrays = fc.shuffledSubarray([...mutants], { minLength: length, maxLength: length });
  return fc.sample(subarrays, { seed, numRuns: 1 })[0] ?? [];
}
