import fc from 'fast-check';
import { Chance } from './chance.ts';
import { type Conditions, type Paths, pathsFor } from './conditions.ts';
import { anyPlan, brokenPlan } from './response-plan.ts';
import { type RoomOptions, TurnTakingRoom } from './room.ts';

/** One thing that happens in a call, and how long after the one before, in ms. */
export interface Happening {
  readonly what: 'speech' | 'cough' | 'halfSpeech' | 'say' | 'digit' | 'left' | 'leftForGood';
  readonly afterMs: number;
  readonly ms: number;
}

const LIMITS = { maxCallMs: 120_000, idleMs: 1500, toolTimeoutMs: 3000, maxTurnMs: 10_000, minSpeechMs: 400 };

const USUAL = ['speech', 'speech', 'speech', 'cough', 'halfSpeech', 'say', 'digit'] as const;

const happeningOf = (...what: readonly Happening['what'][]): fc.Arbitrary<Happening> =>
  fc.record({
    what: fc.constantFrom(...what),
    afterMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4000 })),
    ms: fc.integer({ min: 30, max: 1200 }),
  });

/** Anything, in any order and at any time: it shrinks to the least that breaks a law. */
export const anyScript = fc.record({
  seed: fc.nat(),
  happenings: fc.array(happeningOf(...USUAL), { maxLength: 12 }),
});

const GREETED: Happening = { what: 'say', afterMs: 3000, ms: 0 };

/** The same with a carrier that leaves its stream, when the caller has been greeted, and brings no other. */
export const anyScriptWithLoss = fc.record({
  seed: fc.nat(),
  happenings: fc
    .tuple(
      fc.array(happeningOf(...USUAL), { maxLength: 8 }),
      happeningOf('left', 'left', 'leftForGood'),
      fc.array(happeningOf('halfSpeech', 'say', 'leftForGood'), { maxLength: 2 }),
    )
    .map(([before, loss, after]) => [GREETED, ...before, loss, ...after]),
});

export const anyConditions: fc.Arbitrary<Conditions> = fc.record({
  audio: fc.constantFrom('pcmu', 'pcmu', 'pcmu', 'pcm16'),
  bargeIn: fc.constantFrom('immediate', 'confirmed'),
  network: fc.constantFrom('none', 'constant', 'jittering'),
});

/** Lives through a script; then nobody does anything any more. */
export async function scriptCall(
  { seed, happenings }: { readonly seed: number; readonly happenings: readonly Happening[] },
  conditions: Conditions,
  endWithinMs: number,
  inspect?: RoomOptions['inspect'],
): Promise<{ room: TurnTakingRoom; paths: Paths; hasEnded: boolean }> {
  const chance = new Chance(seed);
  const paths = pathsFor(conditions, chance);
  const { audio, bargeIn } = conditions;
  const room = new TurnTakingRoom({
    seed,
    audio,
    bargeIn,
    networks: paths.networks,
    input: { limits: LIMITS, filler: chance.pick(['clip', 'model', 'none']) },
    ...(inspect !== undefined && { inspect }),
    planFor: () => {
      const plan = anyPlan(chance);
      return chance.isSo(0.1) ? brokenPlan(plan, chance) : plan;
    },
  });
  for (const { what, afterMs, ms } of happenings) {
    await room.run(afterMs);
    if (what === 'speech') room.says('well then', ms, { wordsAfterMs: chance.int(0, 800) });
    else if (what === 'cough') room.says('', ms);
    else if (what === 'halfSpeech') room.says(undefined, ms, { hasStart: false, isRepeating: true });
    else if (what === 'say') room.call.tell({ type: 'say.requested', text: 'One moment.' });
    else if (what === 'digit') room.carrier.press('4');
    else room.call.tell({ type: 'phone.left', mayReturn: what === 'left' });
  }
  const hasEnded = await room.until(() => room.endReason !== undefined, endWithinMs);
  return { room, paths, hasEnded };
}
