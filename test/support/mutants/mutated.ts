import { isMachine } from './charts.ts';
import { mutantsOf } from './chart-mutants.ts';
import { MUTANT_VARIABLE } from './mutant-messages.ts';

/** What a chart's file exports, or the mutant that is to be tried, where it is one of this chart. */
export function mutated(exported: unknown): unknown {
  if (!isMachine(exported)) return exported;
  const name = process.env[MUTANT_VARIABLE];
  return (
    mutantsOf(exported)
      .find((mutant) => mutant.name === name)
      ?.machine() ?? exported
  );
}
