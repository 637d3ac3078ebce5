import { CALL_STATES, type CallState } from './call-states.ts';
import { FAULTS } from './faults.ts';
import { type LivedThrough, liveThrough } from './lived-through.ts';
import type { Cell } from './verdict.ts';

/** Every fault in every state: faults in their order, states in theirs. */
export async function livedMatrix(): Promise<Cell[]> {
  const cells: Cell[] = [];
  const states = Object.values(CALL_STATES);
  const undisturbed = new Map<CallState, LivedThrough>();
  for (const state of states) undisturbed.set(state, await liveThrough(state, undefined));
  for (const fault of Object.values(FAULTS))
    for (const [state, before] of undisturbed) {
      const lived = await liveThrough(state, fault);
      const gapMs = Math.max(0, lived.silenceMs - before.silenceMs);
      cells.push({ state, fault, lived, undisturbed: before, gapMs });
    }
  return cells;
}
