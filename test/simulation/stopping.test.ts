import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { quantile } from '../support/chaos/chaos-figures.ts';
import { ChattingCaller } from '../support/chatting-caller.ts';
import { chattingModel } from '../support/chatting-model.ts';
import { EngineOfWorkers, gone, isAlive } from '../support/engine-of-workers.ts';
import { temporaryFolder } from '../support/journal.ts';

/** Processes that load the engine, on a machine that may be busy. */
const PATIENCE = { timeout: 120_000 };
/** What operators are promised, in ms; what others take of the machine comes on top, as it was measured before. */
const REFUSES_WITHIN_MS = 100;
const ENDS_WITHIN_MS = 500;
/** Connections go to the workers in turn. */
const ASKED_AT_ONCE = 4;

/** An engine with a call that would go on for long, and that it would wait for. */
async function busy(workers: number): Promise<EngineOfWorkers> {
  const model = await chattingModel();
  onTestFinished(() => model.close());
  const house = await EngineOfWorkers.start({
    WORKERS: String(workers),
    DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
    ...{ OPENAI_REALTIME_URL: model.url, OPENAI_API_KEY: 'any', DRAIN_MS: '600000' },
  });
  onTestFinished(async () => {
    const processes = [house.engine.pid, ...house.processes.values()].filter(isAlive);
    for (const processId of processes) process.kill(processId, 'SIGKILL');
    await gone(processes);
  });
  const caller = new ChattingCaller(house.url, '+12025550123');
  await expect.poll(() => caller.isAnswered, { timeout: 30_000 }).toBe(true);
  return house;
}

/** Asks until all have answered so; how long that took, in ms. */
async function untilReadiness(house: EngineOfWorkers, status: number): Promise<number> {
  const since = performance.now();
  for (;;) {
    const asked = Array.from({ length: ASKED_AT_ONCE }, () => house.ask('/readyz'));
    const answers = await Promise.all(asked);
    if (answers.every((answer) => answer.status === status)) return performance.now() - since;
  }
}

test.each([
  ['one process', 1],
  ['two workers', 2],
] as const)(
  'an engine of %s is not ready any more within 100 ms of SIGTERM, and ends at once with a second one',
  PATIENCE,
  async (_, workers) => {
    const house = await busy(workers);
    const before: number[] = [];
    for (let times = 0; times < 10; times++) before.push(await untilReadiness(house, 200));
    process.kill(house.engine.pid, 'SIGTERM');
    const tookMs = await untilReadiness(house, 503);
    // One round of questions may have been under way.
    expect(tookMs).toBeLessThan(REFUSES_WITHIN_MS + 2 * quantile(before, 1));
    // It waits for the call, and answers meanwhile.
    await untilReadiness(house, 503);
    expect(isAlive(house.engine.pid)).toBe(true);

    const since = performance.now();
    process.kill(house.engine.pid, 'SIGTERM');
    const { code, signal } = await house.engine.ended;
    const endedMs = performance.now() - since;
    expect([code, signal]).toEqual([null, expect.stringMatching(/^SIG(TERM|KILL)$/)]);
    expect(endedMs).toBeLessThan(ENDS_WITHIN_MS + quantile(before, 1));
    await gone([...house.processes.values()]);
  },
);
