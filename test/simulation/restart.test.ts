import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { quantile } from '../support/chaos/chaos-figures.ts';
import { ChattingCaller } from '../support/chatting-caller.ts';
import { chattingModel } from '../support/chatting-model.ts';
import { EngineOfWorkers, gone, isAlive } from '../support/engine-of-workers.ts';
import { temporaryFolder } from '../support/journal.ts';

/** Processes that load the engine, on a machine that may be busy. */
const PATIENCE = { timeout: 240_000 };
const WAIT = { timeout: 60_000, interval: 50 };

const ROLLED_WITHIN_MS = 45_000;
const GAP_P95_AT_MOST_MS = 1500;

/** An engine of two workers, and so many callers who talk with its agent. */
async function talking(calls: number, drainMs: number) {
  const model = await chattingModel();
  onTestFinished(() => model.close());
  const house = await EngineOfWorkers.start({
    DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
    ...{ OPENAI_REALTIME_URL: model.url, OPENAI_API_KEY: 'any' },
    ...{ DRAIN_MS: String(drainMs), MAX_CONCURRENT_CALLS: String(2 * calls) },
  });
  onTestFinished(async () => {
    const processes = [house.engine.pid, ...house.processes.values()].filter(isAlive);
    for (const processId of processes) process.kill(processId, 'SIGKILL');
    await gone(processes);
  });
  await house.line('worker listens');
  await house.line('worker listens');
  const callers = Array.from(
    { length: calls },
    (_, n) => new ChattingCaller(house.url, `+1202555${String(1000 + n)}`),
  );
  /** Everybody has heard the agent on the stream that is open now. */
  const allTalk = () =>
    vi.waitFor(() => {
      expect(callers.filter(({ isAnswered }) => !isAnswered)).toEqual([]);
    }, WAIT);
  await allTalk();
  return { house, callers, allTalk };
}

/** Has the workers replaced under them; answers what came of it when everybody talks again, and has hung up. */
async function restarted(calls: number, drainMs: number) {
  const { house, callers, allTalk } = await talking(calls, drainMs);
  const told = (sentence: string) => house.lines.filter(({ msg }) => msg === sentence);
  const before = [...house.processes.values()];
  const answeredMs: number[] = [];
  for (let times = 0; times < 10; times++) {
    const asked = performance.now();
    await house.ask('/readyz');
    answeredMs.push(performance.now() - asked);
  }
  const since = performance.now();
  process.kill(house.engine.pid, 'SIGHUP');
  await house.line('all workers are replaced', 120_000);
  const tookMs = Math.round(performance.now() - since);
  await gone(before);
  await allTalk();
  await Promise.all(callers.map((caller) => caller.hangUp()));
  await vi.waitFor(() => {
    expect(told('call ended')).toHaveLength(calls);
  }, WAIT);
  return {
    tookMs,
    // What others take of the machine, and these calls.
    busyMs: quantile(answeredMs, 1),
    gapsMs: callers.flatMap((caller) => caller.gapsMs),
    handedOver: told('call handed over').length,
    lost: callers.filter((caller) => caller.wasEnded || caller.gapsMs.length === 0).length,
    alerts: new Set(callers.flatMap(({ alerts }) => alerts)),
    reasons: new Set(told('call ended').map(({ reason }) => reason)),
  };
}

test(
  'a restart of all workers under fifty live calls loses none of them, and every one goes on',
  PATIENCE,
  async () => {
    const { tookMs, busyMs, gapsMs, handedOver, ...rest } = await restarted(50, 6000);
    const [p50 = 0, p95 = 0, longest = 0] = [0.5, 0.95, 1].map((share) => quantile(gapsMs, share));
    const figures = `${String(tookMs)} ms for all; gap p50 ${String(p50)}, p95 ${String(p95)}, longest ${String(longest)} ms; ${String(handedOver)} handed over, ${String(gapsMs.length - handedOver)} in mid-word`;
    expect(rest, figures).toEqual({ lost: 0, alerts: new Set(), reasons: new Set(['caller_hung_up']) });
    // These callers leave no second of silence: what is handed over is so in the second half of the time.
    expect(handedOver, figures).toBeGreaterThanOrEqual(25);
    expect(tookMs, figures).toBeLessThan(ROLLED_WITHIN_MS);
    // From the end of a stream to the next one there are ten such questions, of the carrier and among the processes.
    expect(p95, figures).toBeLessThanOrEqual(GAP_P95_AT_MOST_MS + 10 * busyMs);
  },
);

test(
  'a restart that gives calls no time leaves them in mid-word, and every one goes on',
  PATIENCE,
  async () => {
    const { gapsMs, handedOver, lost, reasons } = await restarted(8, 0);
    expect({ lost, reasons }).toEqual({ lost: 0, reasons: new Set(['caller_hung_up']) });
    expect(gapsMs.length - handedOver).toBeGreaterThanOrEqual(8);
  },
);
