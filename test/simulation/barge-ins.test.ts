import { afterAll, describe, expect, test } from 'vitest';
import { isNight, patience, runs, seed } from '../support/night.ts';
import { anyCall } from '../support/turn-taking/any-call.ts';
import { Tally } from '../support/turn-taking/call-report.ts';
import type { Conditions } from '../support/turn-taking/conditions.ts';
import { RESPONSE_MS, sweep } from '../support/turn-taking/sweep.ts';

const PATIENCE_MS = patience(120_000);
/** Each point of a response by night; by day one in so many, others for each seed. */
const everyMs = (byDayMs: number) => (isNight ? 1 : byDayMs);
/** Fewer than there are in any run: some 2,700 by day, 30,000 by night. */
const AT_LEAST = isNight ? 24_000 : 2300;
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
async function breakInto(conditions: Conditions, stepMs: number): Promise<Tally> {
  const { tally, name } = tallyOf(conditions);
  const firstMs = Math.abs(seed) % stepMs;
  const offsets = Array.from(
    { length: Math.ceil(RESPONSE_MS / stepMs) },
    (_, index) => firstMs + index * stepMs,
  );
  for (let from = 0; from < offsets.length; from += OFFSETS_PER_CALL) {
    const some = offsets.slice(from, from + OFFSETS_PER_CALL);
    tally.add(await sweep(some, conditions), `${name}, from ${String(some[0])} ms`);
  }
  return tally;
}

describe('a caller who breaks in', () => {
  test.each<[Conditions, number]>([
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'none' }, everyMs(8)],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'none' }, everyMs(8)],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'constant' }, everyMs(8)],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'jittering' }, everyMs(8)],
    [{ audio: 'pcm16', bargeIn: 'immediate', network: 'none' }, everyMs(6)],
    [{ audio: 'pcm16', bargeIn: 'confirmed', network: 'constant' }, everyMs(12)],
  ])(
    'a caller who breaks in is heard at every point of a response: %o, every %i ms',
    async (conditions, stepMs) => {
      const { faults, bargeIns } = await breakInto(conditions, stepMs);
      expect(faults).toEqual([]);
      expect(bargeIns).toBeGreaterThan((RESPONSE_MS / stepMs) * 0.9);
    },
    PATIENCE_MS,
  );

  test.each<[Conditions, number]>([
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'none' }, runs(40)],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'constant' }, runs(40)],
    [{ audio: 'pcmu', bargeIn: 'immediate', network: 'jittering' }, runs(40)],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'none' }, runs(40)],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'constant' }, runs(40)],
    [{ audio: 'pcmu', bargeIn: 'confirmed', network: 'jittering' }, runs(40)],
    [{ audio: 'pcm16', bargeIn: 'immediate', network: 'jittering' }, runs(8)],
    [{ audio: 'pcm16', bargeIn: 'confirmed', network: 'none' }, runs(8)],
  ])(
    'a caller who breaks in is heard in any call: %o, %i calls',
    async (conditions, calls) => {
      const { tally, name } = tallyOf(conditions);
      for (let nth = seed; nth < seed + calls; nth++) {
        tally.add(await anyCall(nth, conditions, 10), `${name}, seed ${String(nth)}`);
      }
      expect(tally.faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test('barge-ins in these calls are thousands by day, and tens of thousands by night', () => {
    const bargeIns = [...tallies.values()].reduce((sum, tally) => sum + tally.bargeIns, 0);
    expect(bargeIns).toBeGreaterThanOrEqual(AT_LEAST);
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
