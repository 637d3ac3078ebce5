import type { CallReport } from './call-report.ts';
import { statesOf } from './barge-in-watch.ts';
import { Chance } from './chance.ts';
import { type Conditions, pathsFor } from './conditions.ts';
import { speech } from './response-plan.ts';
import { TurnTakingRoom } from './room.ts';
import { Verdict } from './verdict.ts';

/** The response that is broken into: three items, more than a second between two marks, seconds ahead of the ear. */
const ITEMS_MS = [300, 1240, 260] as const;
const LIMITS = {
  maxCallMs: 9_000_000,
  idleMs: 15_000,
  toolTimeoutMs: 8000,
  maxTurnMs: 60_000,
  minSpeechMs: 60,
};
/** How long the caller speaks, in ms: no longer than it takes to be believed. */
const SPEECH_MS = 80;

/** How long after its beginning the last word of the response is heard, in ms. */
export const RESPONSE_MS = 1860;

/**
 * One call in which every response is the same, and the caller breaks into each
 * at another point of it: so many ms after it began to be made.
 */
export async function sweep(offsetsMs: readonly number[], conditions: Conditions): Promise<CallReport> {
  const { networks, tolerance } = pathsFor(conditions, new Chance(offsetsMs[0] ?? 0));
  const { audio, bargeIn } = conditions;
  const faults: string[] = [];
  const room = new TurnTakingRoom({
    audio,
    bargeIn,
    networks,
    input: { limits: LIMITS },
    planFor: (_, room) => room.plan({ outputs: ITEMS_MS.map((ms) => speech(ms, room.chance)) }),
  });
  await room.run(200);
  for (const offsetMs of offsetsMs) {
    const before = room.model.responses;
    room.says('wait', SPEECH_MS, { wordsAfterMs: 20 });
    if (!(await room.until(() => room.model.responses > before, 3000))) {
      faults.push(`no answer to the one who broke in ${String(offsetMs)} ms before`);
    }
    await room.run(offsetMs);
  }
  await room.run(4000);
  const verdict = new Verdict(room, tolerance);
  return {
    bargeIns: room.watch.bargeIns.length,
    states: statesOf(room.watch.bargeIns),
    errorsMs: verdict.errorsMs,
    faults: [...faults, ...room.watch.faults, ...room.carrier.faults, ...verdict.faults],
  };
}
