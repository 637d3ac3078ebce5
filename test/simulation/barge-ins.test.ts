import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { anyCall } from '../support/turn-taking/any-call.ts';
import { Tally } from '../support/turn-taking/call-report.ts';
import type { Conditions } from '../support/turn-taking/conditions.ts';
import { RESPONSE_MS, sweep } from '../support/turn-taking/sweep.ts';

/** All of it takes half a minute on an idle machine. */
const PATIENCE_MS = 120_000;
const FIRST_SEED = fc.readConfigureGlobal().seed ?? 0;
/** Calls do not grow old: what they remember is looked through at each barge-in. */
const OFFSETS_PER_CALL = 300;

const tallies = new Map<string, Tally>();

function tallyOf({ audio, bargeIn, network }: Conditions): { tally: Tally; name: string } {
  const name = `${audio}, ${bargeIn}, ${network} delay`;
  const tally = tallies.get(name) ?? new Tally();
  tallies.set(name, tally);
  return { tally, name };
}

/** Breaks into a response at every so many milliseconds, from its beginning to beyond its end. */
async function breakInto(conditions: Conditions, everyMs: number): Promise<Tally> {
  const { tally, name } = tallyOf(conditions);
  const offsets = Array.from({ length: Math.ceil(RESPONSE_MS / everyMs) }, (_, index) => index * everyMs);
  for (let from = 0; from < offsets.length; from += OFFSETS_PER_CALL) {
    const some = offsets.slice(from, from + OFFSETS_PER_CALL);
    tally.add(await sweep(some, conditions), `${name}, from ${String(some[0])} ms`);
  }
  return tally;
}

describe('a caller who breaks in', () => {
  test.each<[Conditions, number]>([
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'none' }, 1],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'none' }, 1],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'constant' }, 1],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'jittering' }, 1],
    [{ audio: 'pcm16', bargeIn: 'immediate', network: 'none' }, 6],
    [{ audio: 'pcm16', bargeIn: 'confirmed', network: 'constant' }, 12],
  ])(
    'a caller who breaks in is heard at every point of a response: %o, every %i ms',
    async (conditions, everyMs) => {
      const { faults, bargeIns } = await breakInto(conditions, everyMs);
      expect(faults).toEqual([]);
      expect(bargeIns).toBeGreaterThan((RESPONSE_MS / everyMs) * 0.9);
    },
    PATIENCE_MS,
  );

  test.each<[Conditions, number]>([
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'none' }, 70],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'constant' }, 70],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'jittering' }, 70],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'none' }, 70],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'constant' }, 70],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'jittering' }, 70],
    [{ audio: 'pcm16', bargeIn: 'immediate', network: 'jittering' }, 8],
    [{ audio: 'pcm16', bargeIn: 'confirmed', network: 'none' }, 8],
  ])(
    'a caller who breaks in is heard in any call: %o, %i calls',
    async (conditions, calls) => {
      const { tally, name } = tallyOf(conditions);
      for (let seed = FIRST_SEED; seed < FIRST_SEED + calls; seed++) {
        tally.add(await anyCall(seed, conditions, 10), `${name}, seed ${String(seed)}`);
      }
      expect(tally.faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test('barge-ins are at least 10,000 in these calls', () => {
    const bargeIns = [...tallies.values()].reduce((sum, tally) => sum + tally.bargeIns, 0);
    expect(bargeIns).toBeGreaterThanOrEqual(10_000);
  });
});

afterAll(() => {
  const states = new Map<string, number>();
  let bargeIns = 0;
  for (const [name, tally] of tallies) {
    bargeIns += tally.bargeIns;
    for (const [state, count] of tally.states) states.set(state, (states.get(state) ?? 0) + count);
    process.stdout.write(`${name}: ${tally.line}\n`);
  }
  const where = [...states].map(([state, count]) => `${state} ${String(count)}`).join(', ');
  process.stdout.write(`${String(bargeIns)} barge-ins in all: ${where}\n`);
});
