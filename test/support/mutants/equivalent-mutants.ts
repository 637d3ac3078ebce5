import type { Mutant } from './chart-mutants.ts';

/** A mutant that cannot matter. */
export interface Equivalent {
  readonly name: string;
  readonly reason: string;
}

/** Checked by each run: a mutant of this list that is noticed, or that its chart does not have any more, is a mistake. */
export const EQUIVALENT: readonly Equivalent[] = [];

/** What is wrong with the list before anything was tried. */
export function staleEntries(list: readonly Equivalent[], mutants: readonly Mutant[]): string[] {
  const names = new Set(mutants.map(({ name }) => name));
  return list.filter(({ name }) => !names.has(name)).map(({ name }) => `no chart has this mutant: ${name}`);
}
