import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { brokenOrder } from '../killed/verdict.ts';
import { unlawful } from '../laws/lawful.ts';
import type { CallState } from './call-states.ts';
import type { Fault } from './faults.ts';
import type { LivedThrough } from './lived-through.ts';

/** One state, one fault, and what came of it. */
export interface Cell {
  readonly state: CallState;
  readonly fault: Fault;
  readonly lived: LivedThrough;
  /** The same call without the fault. */
  readonly undisturbed: LivedThrough;
  /** How much longer than without the fault the caller heard nothing, in ms. */
  readonly gapMs: number;
}

/** What is wrong with a call to which something happened. Empty: nothing. */
export function wrongWith({ state, fault, lived, gapMs }: Cell): string[] {
  const { rows } = lived;
  return [
    ...lived.faults,
    ...[unlawful('the call', rows)].filter((told) => told !== undefined),
    ...brokenOrder(rows),
    ...brokenEpochs(rows),
    ...wrongEnd(state, fault, lived),
    ...(gapMs <= fault.withinMs
      ? []
      : [`${String(gapMs)} ms of silence, and ${String(fault.withinMs)} at most`]),
    ...(lived.timers === 0 ? [] : [`${String(lived.timers)} timers outlive the call`]),
  ];
}

/** Streams of one call are counted up, and none is taken twice. */
function brokenEpochs(rows: readonly StoredEntry[]): string[] {
  const epochs = rows.flatMap((row) => (row.event === 'stream.accepted' ? [row.body.epoch] : []));
  const at = epochs.findIndex((epoch, index) => epoch <= (epochs[index - 1] ?? 0));
  return at < 0
    ? []
    : [`a stream of epoch ${String(epochs[at])} comes after one of ${String(epochs[at - 1])}`];
}

const ENDS_AS = { person: 'transferred', agent_ended: 'agent_ended' } as const;

function wrongEnd(state: CallState, fault: Fault, lived: LivedThrough): string[] {
  const { rows, endReason, answers, isPartedWith } = lived;
  const ends = rows.filter(({ event }) => event === 'call.ended').length;
  const decided = state.endsAs ?? fault.then;
  const wanted = decided === undefined ? 'caller_hung_up' : ENDS_AS[decided];
  return [
    ...(ends === 1 ? [] : [`the call ended ${String(ends)} times`]),
    ...(endReason === wanted ? [] : [`ended as ${String(endReason)}, and not as ${wanted}`]),
    ...(decided === undefined && answers < 2 ? [`${String(answers)} of 2 questions were answered`] : []),
    ...(decided !== undefined && !isPartedWith
      ? ['the caller was left on a line on which nothing comes']
      : []),
  ];
}
