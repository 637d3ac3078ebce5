import type { Mutant } from './chart-mutants.ts';

/** A mutant that cannot matter. */
export interface Equivalent {
  readonly name: string;
  readonly reason: string;
}

/** Checked by each run: a mutant of this list that is noticed, or that its chart does not have any more, is a mistake. */
export const EQUIVALENT: readonly Equivalent[] = [
  ...[
    'call.alive.recording.consentOwed.paused: begins in agent, not in operator',
    'call.alive.recording.paused: begins in agent, not in operator',
    'call.alive.floor.transferring: begins in excusing, not in announcing',
    'call.alive.floor.ending: begins in apologizing, not in farewell',
  ].map((name) => ({ name, reason: 'Every way in names the state within; XState wants a first one.' })),
  ...['configuring', 'live'].map((state) => ({
    name: `call.alive.session.${state} on always: leads to call.alive.session.opening, not to call.alive.session.gone`,
    reason:
      '`opening` has the same way on to `gone`, by the same guard, in the same step, and does nothing itself.',
  })),
  ...['asked', 'begun'].map((state) => ({
    name: `call.alive.answer.${state} on always: leads to call.alive.answer.owed, not to call.alive.answer.none`,
    reason:
      '`owed` has the same way on to `none`, by the same guard, in the same step, and does nothing itself.',
  })),
];

/** What is wrong with the list before anything was tried. */
export function staleEntries(list: readonly Equivalent[], mutants: readonly Mutant[]): string[] {
  const names = new Set(mutants.map(({ name }) => name));
  return list.filter(({ name }) => !names.has(name)).map(({ name }) => `no chart has this mutant: ${name}`);
}
