import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ChattingCaller } from '../support/chatting-caller.ts';
import { chattingModel } from '../support/chatting-model.ts';
import { EngineOfWorkers, gone, isAlive } from '../support/engine-of-workers.ts';
import { temporaryFolder } from '../support/journal.ts';

/** Processes that load the engine, on a machine that may be busy. */
const PATIENCE = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };
const CALLS = 12;

interface ShownRow {
  readonly seq: number;
  readonly event: string;
}

/** An engine of two workers and callers on both; one of the workers, and those of its calls. */
async function talking() {
  const model = await chattingModel();
  onTestFinished(() => model.close());
  const house = await EngineOfWorkers.start({
    DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
    ...{ OPENAI_REALTIME_URL: model.url, OPENAI_API_KEY: 'any' },
  });
  onTestFinished(async () => {
    const processes = [house.engine.pid, ...house.processes.values()].filter(isAlive);
    for (const processId of processes) process.kill(processId, 'SIGKILL');
    await gone(processes);
  });
  const callers = Array.from(
    { length: CALLS },
    (_, n) => new ChattingCaller(house.url, `+1202555${String(1000 + n)}`),
  );
  const talk = (some: readonly ChattingCaller[]) =>
    vi.waitFor(() => {
      expect(some.filter(({ isAnswered }) => !isAnswered)).toEqual([]);
    }, WAIT);
  await talk(callers);
  const began = house.lines.filter(({ msg }) => msg === 'call began');
  const number = Number(began[0]?.['worker']);
  const sids = began.filter(({ worker }) => worker === number).map(({ callSid }) => callSid);
  const its = callers.filter(({ call }) => sids.includes(call.callSid));
  const rowsOf = async ({ call }: ChattingCaller) =>
    (await (await house.ask(`/api/calls/${call.callSid}/events`)).json()) as ShownRow[];
  return { house, callers, talk, number, processId: house.processes.get(number) ?? 0, its, rowsOf };
}

const messagesOf = (callers: readonly ChattingCaller[]) => callers.map(({ messages }) => messages[0] ?? 0);

test(
  'a worker that stands still for too long can do nothing any more when others take its calls: no frame, no row, no answer',
  PATIENCE,
  async () => {
    const { house, talk, number, processId, its, rowsOf } = await talking();
    process.kill(processId, 'SIGSTOP');
    // Of half of its calls the carrier loses the streams as well, and asks while it cannot answer: mostly the other worker.
    for (const { call } of its.slice(its.length / 2)) call.breakLine();
    const isLost = () => house.lines.findIndex(({ msg }) => msg === 'worker lost, replacing it');
    await vi.waitFor(() => {
      expect(isLost()).toBeGreaterThan(0);
    }, WAIT);
    const messages = messagesOf(its);
    // It would wake now.
    if (isAlive(processId)) process.kill(processId, 'SIGCONT');
    await gone([processId]);
    await talk(its);

    expect(house.lines[isLost()]).toMatchObject({ worker: number, why: 'stalled' });
    const order = house.lines.map(({ msg }) => msg);
    expect(order.slice(0, isLost())).not.toContain('call goes on');
    expect(order.filter((line) => line === 'call goes on')).toHaveLength(its.length);
    expect(messagesOf(its)).toEqual(messages);
    for (const caller of its) {
      const rows = await rowsOf(caller);
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
      const events = rows.map(({ event }) => event);
      expect(events.filter((event) => event === 'call.resumed')).toHaveLength(1);
      // What it would have written first, had it woken.
      expect(events.slice(0, events.indexOf('call.resumed'))).not.toContain('phone.lost');
      expect(caller.wasEnded).toBe(false);
    }
  },
);

test(
  'a worker that stands still and wakes in time goes on with its calls, and nobody else has taken them',
  PATIENCE,
  async () => {
    const { house, talk, processId, its } = await talking();
    process.kill(processId, 'SIGSTOP');
    for (const { call } of its) call.breakLine();
    await vi.waitFor(() => {
      expect(its.filter(({ asked }) => asked === 0)).toEqual([]);
    }, WAIT);
    process.kill(processId, 'SIGCONT');
    await talk(its);
    const order = house.lines.map(({ msg }) => msg);
    for (const line of ['worker lost, replacing it', 'call goes on']) expect(order).not.toContain(line);
    expect(its.filter(({ wasEnded }) => wasEnded)).toEqual([]);
  },
);
