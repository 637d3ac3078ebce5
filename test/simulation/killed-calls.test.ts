import { afterAll, describe, expect, test } from 'vitest';
import { CALL_SCRIPTS } from '../support/golden/call-scripts.ts';
import type { CallScript } from '../support/golden/script-steps.ts';
import { EFFECT_SCRIPTS } from '../support/killed/effect-scripts.ts';
import { type Kill, KilledScript, type LeftByKill } from '../support/killed/killed-script.ts';
import { wrongWith } from '../support/killed/verdict.ts';
import { isNight, patience, seed } from '../support/night.ts';

/**
 * Every call of the golden scripts, and some with effects, is lived through once for each point at which its process may
 * be killed: before and after whatever it writes down, and whatever it sends to either far end. Another process takes
 * over, and what is left of the call is held against the same call undisturbed. By day one point in many is tried.
 */

const SCRIPTS: Readonly<Record<string, CallScript>> = { ...CALL_SCRIPTS, ...EFFECT_SCRIPTS };

/** One in so many, beginning where the seed says. */
const STRIDE = isNight ? 1 : 31;
/** How long the disk takes, in ms: what was sent by then may not be written down. */
const LAGS = isNight ? [10, 0] : [10];
const PATIENCE_MS = patience(30_000);

/** A session that takes over may serve where the one before had failed. */
const ENDS_OTHERWISE: Readonly<Record<string, string>> = { 'responses-given-up': 'idle' };

/** Scripts whose second process is killed as well, by the point at which the first one is. */
const KILLED_TWICE: Readonly<Record<string, number>> = {
  turns: 47,
  'two-tools': 60,
  lead: 44,
  'transfer-not-answered': 50,
  recorded: 52,
};

let tried = 0;
let all = 0;
let wrong = 0;
afterAll(() => {
  const counts = `${String(tried)} of ${String(all)} crash points tried, ${String(wrong)} violations`;
  process.stdout.write(`${counts}\n`);
});

async function live(name: string, kill: Kill): Promise<LeftByKill> {
  const script = SCRIPTS[name];
  if (script === undefined) throw new Error(`there is no script ${name}`);
  return script.happens(await new KilledScript(script.settings, kill).begin());
}

/** Tries the points behind one; answers what is wrong, with the point. */
async function violations(name: string, lagMs: number, killedFirst: readonly number[]): Promise<string[]> {
  const undisturbed = await live(name, { at: [], lagMs });
  const { points } = killedFirst.length === 0 ? undisturbed : await live(name, { at: killedFirst, lagMs });
  const from = Math.max(0, ...killedFirst) + 1;
  all += points - from + 1;
  const faults: string[] = [];
  for (let at = from + (seed % STRIDE); at <= points; at += STRIDE) {
    tried++;
    const left = await live(name, { at: [...killedFirst, at], lagMs });
    const told = wrongWith(left, undisturbed).filter(
      (fault) => !fault.startsWith(`ended as ${ENDS_OTHERWISE[name] ?? 'nothing'},`),
    );
    if (told.length > 0) faults.push(`killed at ${String(left.killedAt)}: ${told.join('; ')}`);
  }
  wrong += faults.length;
  return faults;
}

describe.each(LAGS)('with a disk that takes %d ms', (lagMs) => {
  test.each(Object.keys(SCRIPTS))(
    'wherever the process of a call dies, another one ends it as it would have ended: %s',
    async (name) => {
      expect(await violations(name, lagMs, [])).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.each(Object.entries(KILLED_TWICE))(
    'wherever the process dies that had brought a call back, a third one ends it: %s',
    async (name, first) => {
      expect(await violations(name, lagMs, [first])).toEqual([]);
    },
    PATIENCE_MS,
  );
});
