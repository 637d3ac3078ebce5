import { MUTANT_KINDS, type Mutant } from './chart-mutants.ts';
import type { Equivalent } from './equivalent-mutants.ts';
import type { TriedMutant } from './trials.ts';

/** Of the mutants that can matter; a sample of them may be some percent off. */
export const NOTICED_AT_LEAST_PERCENT = 95;

export interface Report {
  /** One line for each mutant that no test noticed, the listed ones apart. */
  readonly survivors: readonly string[];
  /** One line for each listed mutant that a test noticed. */
  readonly mistaken: readonly string[];
  /** One line for each kind, and one for all. */
  readonly counts: readonly string[];
  /** Of those that can matter. */
  readonly noticedPercent: number;
}

/** Adds up what the tests said of the mutants. A late one counts as not noticed: nobody knows. */
export function reportOf(
  mutants: readonly Mutant[],
  tried: readonly TriedMutant[],
  equivalent: readonly Equivalent[],
): Report {
  const listed = new Set(equivalent.map(({ name }) => name));
  const kinds = new Map(mutants.map(({ name, kind }) => [name, kind]));
  const rows = tried.flatMap(({ name = '', outcome, noticedBy }) => {
    const kind = kinds.get(name);
    return kind === undefined ? [] : [{ name, kind, outcome, noticedBy, isListed: listed.has(name) }];
  });
  const relevant = rows.filter(({ isListed }) => !isListed);
  const noticed = relevant.filter(({ outcome }) => outcome === 'noticed');
  const counts = MUTANT_KINDS.flatMap((kind) => {
    const all = relevant.filter((row) => row.kind === kind).length;
    return all === 0 ? [] : [countLine(kind, noticed.filter((row) => row.kind === kind).length, all)];
  });
  return {
    survivors: relevant
      .filter(({ outcome }) => outcome !== 'noticed')
      .map(({ name, outcome }) => `${outcome}: ${name}`),
    mistaken: rows
      .filter(({ isListed, outcome }) => isListed && outcome === 'noticed')
      .map(({ name, noticedBy }) => `noticed, though it is listed: ${name} (by ${String(noticedBy)})`),
    counts: [...counts, countLine('all', noticed.length, relevant.length)],
    noticedPercent: percent(noticed.length, relevant.length),
  };
}

const percent = (part: number, whole: number) => (whole === 0 ? 100 : (part / whole) * 100);

const countLine = (kind: string, noticed: number, all: number) =>
  `${kind}: ${String(noticed)} of ${String(all)} noticed, ${percent(noticed, all).toFixed(1)} %`;
