import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPath } from '../support/built-sources.ts';
import type { Came, Effect, Outgoing } from '../support/effect-process.ts';
import { isNight, patience, seed } from '../support/night.ts';
import { type Fate, type FakeTwilioRest, startFakeTwilioRest } from '../support/fake-twilio-rest.ts';

/**
 * A process is killed at every point between an effect's intent and its result;
 * another one finds what it left, and is asked for the same. Whatever the point:
 * one booking, one lead, at most one text, at most one call, and one outcome.
 */

const program = builtPath(new URL('../support/effect-process.ts', import.meta.url));

/** Two processes for each point, and dozens of points. */
const PATIENCE_MS = patience(150_000);
/** By day one point in so many is tried, beginning where the seed says. */
const ONE_IN = isNight ? 1 : 3;
const AT_A_TIME = 3;
/** The second process waits for a dead owner, and looks at the carrier's list: seconds, if it were not in a hurry. */
const SPEED = 20;

let folder: string;
let made = 0;
const points: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callchart-points-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`crash points: ${points.join(', ')}\n`);
});

/** One database and one carrier, and the processes that work with both. */
class Scene {
  readonly rest: FakeTwilioRest;
  readonly #effect: Effect;
  readonly #file = join(folder, `calls-${String(++made)}.sqlite`);

  constructor(effect: Effect, rest: FakeTwilioRest) {
    this.#effect = effect;
    this.rest = rest;
  }

  /** Runs a process to its end; undefined when it was killed. */
  async run(
    killAt: number,
    speed: number,
    onStarted?: (child: ChildProcess) => void,
  ): Promise<Came | undefined> {
    const { url: apiUrl, accountSid, authToken } = this.rest;
    const outgoing: Outgoing = {
      effect: this.#effect,
      file: this.#file,
      rest: { apiUrl, accountSid, authToken },
      killAt,
      speed,
    };
    const child = spawn(process.execPath, [program, JSON.stringify(outgoing)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onStarted?.(child);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (signal === 'SIGKILL') return undefined;
    expect(code).toBe(0);
    return JSON.parse(text) as Came;
  }
}

async function inScene<Result>(effect: Effect, work: (scene: Scene) => Promise<Result>): Promise<Result> {
  const rest = await startFakeTwilioRest();
  try {
    return await work(new Scene(effect, rest));
  } finally {
    await rest.close();
  }
}

/** Kills a process at one point, lets another go on, and answers what came of it. */
async function crashAt(effect: Effect, point: number, fate: Fate | undefined) {
  return inScene(effect, async (scene) => {
    if (fate !== undefined) scene.rest.next(fate);
    await scene.run(point, 1);
    return outcomeOf(scene);
  });
}

/** Kills a process while the carrier has its request; the carrier does what it was asked all the same. */
async function crashWhileAsking(effect: Effect) {
  return inScene(effect, async (scene) => {
    let child: ChildProcess | undefined;
    scene.rest.hold = async (step) => {
      if (step !== 'arrived' || child === undefined) return;
      const victim = child;
      child = undefined;
      victim.kill('SIGKILL');
      await once(victim, 'exit');
    };
    expect(await scene.run(0, 1, (started) => (child = started))).toBeUndefined();
    return outcomeOf(scene);
  });
}

async function outcomeOf(scene: Scene) {
  const came = await scene.run(0, SPEED);
  if (came === undefined) throw new Error('the second process died too');
  return { ...came, taken: { texts: scene.rest.messages.length, calls: scene.rest.calls.length } };
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

/** Every point, by day one in some, and some at a time. */
async function crashEverywhere(effect: Effect, fate?: Fate): Promise<Outcome[]> {
  const alive = await inScene(effect, async (scene) => {
    if (fate !== undefined) scene.rest.next(fate);
    return scene.run(0, SPEED);
  });
  const count = alive?.points ?? 0;
  expect(count).toBeGreaterThan(8);
  const first = 1 + (Math.abs(seed) % ONE_IN);
  const tried = Array.from(
    { length: Math.ceil((count - first + 1) / ONE_IN) },
    (_, nth) => first + nth * ONE_IN,
  );
  const outcomes: Outcome[] = [];
  let next = 0;
  const lane = async () => {
    for (let point = tried[next++]; point !== undefined; point = tried[next++])
      outcomes.push(await crashAt(effect, point, fate));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  points.push(
    `${effect}${fate === undefined ? '' : ' with its answer lost'} ${String(tried.length)} of ${String(count)}`,
  );
  expect(outcomes).toHaveLength(tried.length);
  return outcomes;
}

/** What both requests were told, less what says that it was told before. */
const plain = (told: unknown) => ({ ...(told as object), repeated: undefined });

function expectOneOutcome({ told }: Outcome): void {
  expect(plain(told[1])).toEqual(plain(told[0]));
}

test(
  'a lead is stored once',
  async () => {
    const outcomes = await crashEverywhere('lead');
    for (const outcome of outcomes) {
      expect(outcome.leads).toBe(1);
      expect(outcome.told[0]).toMatchObject({ status: 'ok' });
      expectOneOutcome(outcome);
    }
  },
  PATIENCE_MS,
);

test(
  'an appointment is booked once',
  async () => {
    const outcomes = await crashEverywhere('booking');
    for (const outcome of outcomes) {
      expect(outcome.bookings).toMatchObject([{ status: 'confirmed', startsAt: '2026-03-12T18:30:00.000Z' }]);
      expect(outcome.told[0]).toMatchObject({ status: 'ok' });
      expectOneOutcome(outcome);
    }
  },
  PATIENCE_MS,
);

test(
  'an appointment is moved once, and never stands at two times or at none',
  async () => {
    for (const outcome of await crashEverywhere('move')) {
      const standing = outcome.bookings.filter(({ status }) => status === 'confirmed');
      expect(standing).toMatchObject([{ startsAt: '2026-03-13T14:00:00.000Z' }]);
      expect(outcome.told[0]).toMatchObject({ status: 'ok' });
      expectOneOutcome(outcome);
    }
  },
  PATIENCE_MS,
);

function expectOneText(outcome: Outcome): void {
  const { taken, told, messages } = outcome;
  expect(messages).toHaveLength(1);
  const [{ status }] = messages as [{ status: string }];
  // Either it was sent, once, and that is known; or it is not certain, and that is said.
  if (taken.texts === 1 && status === 'queued') expect(told[0]).toMatchObject({ status: 'ok' });
  else {
    expect(taken.texts).toBeLessThanOrEqual(1);
    expect(status).toBe('unknown');
    expect(told[0]).toMatchObject({ status: 'uncertain' });
  }
  expectOneOutcome(outcome);
}

test(
  'a text is sent at most once, and is said to be sent when it was',
  async () => {
    const outcomes = await crashEverywhere('text');
    for (const outcome of outcomes) expectOneText(outcome);
    // The doubt is small: a crash before anything left, and after it was answered, is none.
    expect(outcomes.filter(({ taken }) => taken.texts === 1).length).toBeGreaterThan(outcomes.length * 0.7);
  },
  PATIENCE_MS,
);

test(
  'a text whose answer was lost is sent at most once',
  async () => {
    for (const outcome of await crashEverywhere('text', 'lost after accepting')) expectOneText(outcome);
  },
  PATIENCE_MS,
);

test(
  'a call is placed at most once',
  async () => {
    for (const outcome of await crashEverywhere('call')) {
      expect(outcome.taken.calls).toBeLessThanOrEqual(1);
      expect(outcome.told[0]).toMatchObject({ status: outcome.taken.calls === 1 ? 'queued' : 'unknown' });
      expectOneOutcome(outcome);
    }
  },
  PATIENCE_MS,
);

test.each(['text', 'call'] as const)(
  'a %s that the carrier is just being asked for is found again, and not asked for twice',
  async (effect) => {
    const outcome = await crashWhileAsking(effect);
    expect(outcome.taken[effect === 'text' ? 'texts' : 'calls']).toBe(1);
    expect(outcome.told[0]).toMatchObject({ status: effect === 'text' ? 'ok' : 'queued' });
    expectOneOutcome(outcome);
  },
  PATIENCE_MS,
);
