import { execFile } from 'node:child_process';
import { on, once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CallDetail } from '../../src/protocol/console-calls.ts';
import { type LiveCall, LiveMessage } from '../../src/protocol/console-live.ts';
import { PAGE_PROTOCOL } from '../../src/protocol/socket-token.ts';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { builtPath } from '../support/built-sources.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { EngineOfWorkers, gone, isAlive } from '../support/engine-of-workers.ts';
import { temporaryFolder } from '../support/journal.ts';
import { toolFolder } from '../support/tool-folder.ts';

/** Several processes that load the engine, one after the other on a busy machine. */
const PATIENCE = { timeout: 120_000 };
/** What a worker that takes the place of another is given, in ms, until it listens. */
const REPLACED_WITHIN_MS = 300;

/** An engine of two workers; whatever is left of it after the test is killed. */
async function running(settings: Record<string, string> = {}): Promise<EngineOfWorkers> {
  const house = await EngineOfWorkers.start({
    DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
    DRAIN_MS: '0',
    ...settings,
  });
  onTestFinished(async () => {
    const processes = [house.engine.pid, ...house.processes.values()].filter(isAlive);
    for (const processId of processes) process.kill(processId, 'SIGKILL');
    await gone(processes);
  });
  return house;
}

/** A call that rings, and has its stream still to come. */
async function rings(house: EngineOfWorkers, number: number): Promise<string> {
  const callSid = `CA${String(number).padStart(32, '0')}`;
  const parties = { from: '+12025550123', to: '+12025550100', accountSid: `AC${'1'.repeat(32)}` };
  const body = new URLSearchParams(voiceForm({ callSid, ...parties }, 'ringing'));
  return (await house.ask('/twilio/voice', { method: 'POST', body })).text();
}

/** The live list as it stands, when it has as many calls that nobody has. */
async function listWithAwaited({ url }: EngineOfWorkers, count: number): Promise<LiveCall[]> {
  const socket = new WebSocket(new URL('/api/live', url.replace('http', 'ws')), PAGE_PROTOCOL);
  onTestFinished(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe' }));
  const list = new Map<string, LiveCall>();
  for await (const [data] of on(socket, 'message', { signal: AbortSignal.timeout(30_000) })) {
    const message = LiveMessage.parse(JSON.parse(String(data)));
    if (message.type === 'calls') for (const call of message.calls) list.set(call.callSid, call);
    if ([...list.values()].filter(({ isAwaited }) => isAwaited).length === count) break;
  }
  return [...list.values()];
}

const command = promisify(execFile);
/** What `callchart restart` comes to. */
async function restart(
  settings: Record<string, string>,
): Promise<{ code: number; out: string; err: string }> {
  const main = builtPath(new URL('../../src/cli/main.ts', import.meta.url));
  const env = { PATH: process.env['PATH'] ?? '', ...settings };
  try {
    const { stdout, stderr } = await command(process.execPath, [main, 'restart'], { env });
    return { code: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe('an engine of several workers', () => {
  test('an engine of two workers says once where it listens, and both of them answer', PATIENCE, async () => {
    const house = await running({ LOG_LEVEL: 'debug' });
    const paths = ['/healthz', '/healthz', '/readyz', '/readyz'];
    for (const path of paths) expect((await house.ask(path)).status).toBe(200);
    await vi.waitFor(() => {
      const answered = house.lines.filter(({ msg }) => msg === 'request answered');
      const routes = answered.map(({ worker, route }) => `${String(worker)} ${String(route)}`);
      expect(routes.sort()).toEqual(['1 GET /healthz', '1 GET /readyz', '2 GET /healthz', '2 GET /readyz']);
    });
    const { out } = house.engine.printed();
    expect(out.match(/listens at/g)).toHaveLength(1);
    expect(out.split('\n').find((line) => !line.startsWith('{'))).toContain(house.url);
    expect(await house.engine.stop()).toBe(0);
    await gone([...house.processes.values()]);
  });

  test(
    'what one worker has written another one reads, and a scrape of either counts for both',
    PATIENCE,
    async () => {
      const house = await running({ MAX_CALLS_PER_CALLER: 'none', MAX_CONCURRENT_CALLS: '4' });
      const answers = [];
      for (let call = 1; call <= 10; call++) answers.push(await rings(house, call));
      // Each has four lines.
      expect(answers.filter((twiml) => twiml.includes('<Stream'))).toHaveLength(8);
      for (let scrape = 0; scrape < 4; scrape++) {
        const { items } = (await (await house.ask('/api/calls')).json()) as { items: unknown[] };
        expect(items).toHaveLength(8);
        expect(await house.metric('callchart_live_calls')).toBe(8);
        expect(await house.metric('callchart_workers')).toBe(2);
        expect(await house.metric('callchart_day_calls')).toBe(8);
      }
      const [number = 0, processId = 0] = [...house.processes][0] ?? [];
      process.kill(processId, 'SIGKILL');
      expect(await house.line('worker lost, replacing it')).toMatchObject({ worker: number });
      await house.line('worker listens');
      // Four calls are gone with it; that they began is not.
      expect(await house.metric('callchart_live_calls')).toBe(4);
      expect(await house.metric('callchart_calls_started_total{direction="inbound",test="false"}')).toBe(8);
      expect(await house.metric('callchart_workers')).toBe(2);
      // Whichever worker is asked, and also the one that has begun since: they are awaited, and stand there once.
      for (let page = 0; page < 2; page++) {
        const list = await listWithAwaited(house, 4);
        expect(list.filter(({ state }) => state !== 'ended')).toHaveLength(8);
        const details = list.map(async ({ callSid }) =>
          CallDetail.parse(await (await house.ask(`/api/calls/${callSid}`)).json()),
        );
        for (const [index, { isLive, isAwaited }] of (await Promise.all(details)).entries())
          expect([isLive, isAwaited]).toEqual(
            list[index]?.isAwaited === true ? [false, true] : [true, false],
          );
      }
    },
  );
});

describe('a worker that is lost', () => {
  test(
    'a worker that is killed is replaced within 300 ms by the spare one, and the engine goes on answering',
    PATIENCE,
    async () => {
      const house = await running({ LOG_LEVEL: 'debug' });
      for (const [number, processId] of house.processes) {
        await house.line('spare worker is open');
        process.kill(processId, 'SIGKILL');
        expect(await house.line('worker lost, replacing it')).toMatchObject({
          worker: number,
          signal: 'SIGKILL',
        });
        expect(Number((await house.line('worker listens'))['afterMs'])).toBeLessThan(REPLACED_WITHIN_MS);
        for (let request = 0; request < 4; request++) expect((await house.ask('/readyz')).status).toBe(200);
      }
    },
  );

  test(
    'a request that was given to a worker which dies before it takes it is answered by another one',
    PATIENCE,
    async () => {
      const house = await running();
      const processes = [...house.processes.values()];
      const [stopped = 0] = processes;
      process.kill(stopped, 'SIGSTOP');
      // One for each: whichever the stopped one was given waits there.
      const answers = processes.map(() => house.ask('/readyz'));
      await Promise.any(answers);
      process.kill(stopped, 'SIGKILL');
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(statuses).toEqual([200, 200]);
    },
  );

  test('a worker that the system has stopped is killed and replaced', PATIENCE, async () => {
    const house = await running();
    const [number = 0, processId = 0] = [...house.processes][1] ?? [];
    process.kill(processId, 'SIGSTOP');
    expect(await house.line('worker lost, replacing it')).toMatchObject({ worker: number, why: 'stalled' });
    await house.line('worker listens');
    await gone([processId]);
  });

  test(
    'a worker with an exception that nobody catches says so by its number, and is replaced',
    PATIENCE,
    async () => {
      const flag = join(temporaryFolder(), 'flag');
      const slip = `
      import { rmSync } from 'node:fs';
      import { defineTool, done, z } from 'callchart/tool';
      class Slip extends Error {}
      setInterval(() => {
        try {
          rmSync(${JSON.stringify(flag)});
        } catch {
          return;
        }
        throw new Slip();
      }, 20);
      export default defineTool({
        name: 'slip',
        description: 'Slips.',
        policy: { kind: 'reads' },
        args: z.strictObject({}),
        run: () => done({}),
      });`;
      const house = await running({ TOOLS_DIR: toolFolder({ 'slip.ts': slip }), LOG_LEVEL: 'debug' });
      await house.line('spare worker is open');
      writeFileSync(flag, '');
      const told = await house.line('uncaught exception, the engine ends');
      expect(told).toMatchObject({
        code: 'LAST_EXCEPTION',
        kind: 'Slip',
        worker: expect.any(Number) as number,
      });
      // The spare one has loaded it as well, and may have been the first to see the flag.
      const isSpare = told['worker'] === 3;
      if (!isSpare) {
        const worker = told['worker'];
        expect(await house.line('worker lost, replacing it')).toMatchObject({ worker, exitCode: 70 });
        await house.line('worker listens');
      }
      expect((await house.ask('/readyz')).status).toBe(200);
    },
  );

  test('workers whose supervising process is gone give up at once', PATIENCE, async () => {
    const house = await running();
    const processes = [...house.processes.values()];
    expect(processes.filter(isAlive)).toHaveLength(2);
    process.kill(house.engine.pid, 'SIGKILL');
    await gone(processes);
  });
});

describe('the end of an engine of several workers', () => {
  test(
    'an engine of several workers that is told to stop refuses calls, lets those in progress end, and exits with 0',
    PATIENCE,
    async () => {
      const house = await running({ DRAIN_MS: '2000' });
      expect(await rings(house, 1)).toContain('<Stream');
      process.kill(house.engine.pid, 'SIGTERM');
      await vi.waitFor(async () => {
        expect((await house.ask('/readyz')).status).toBe(503);
      });
      expect(await rings(house, 2)).toContain('<Say');
      expect(await house.engine.ended).toEqual({ code: 0, signal: null });
      await gone([...house.processes.values()]);
    },
  );
});

describe('callchart restart', () => {
  test(
    'callchart restart replaces all workers one after the other, and the engine answers meanwhile',
    PATIENCE,
    async () => {
      const DATABASE_URL = `file:${join(temporaryFolder(), 'calls.sqlite')}`;
      const house = await running({ DATABASE_URL });
      const before = [...house.processes.values()];
      expect(await restart({ DATABASE_URL })).toMatchObject({
        code: 0,
        out: expect.stringContaining(
          `the engine at ${house.url} (process ${String(house.engine.pid)})`,
        ) as string,
      });
      const replaced = house.line('all workers are replaced');
      const isDone = () => house.lines.some(({ msg }) => msg === 'all workers are replaced');
      while (!isDone()) expect((await house.ask('/readyz')).status).toBe(200);
      await replaced;
      await gone(before);
      const left = house.lines.filter(({ msg }) => msg === 'worker has left');
      expect(left).toMatchObject([
        { worker: 1, why: 'drained' },
        { worker: 2, why: 'drained' },
      ]);
      expect(await house.metric('callchart_workers')).toBe(2);
    },
  );

  test(
    'callchart restart says in one line that no engine runs, or that it has no workers',
    PATIENCE,
    async () => {
      const file = join(temporaryFolder(), 'calls.sqlite');
      const DATABASE_URL = `file:${file}`;
      expect(await restart({ DATABASE_URL })).toEqual({
        ...{ code: 1, out: '' },
        err: `callchart: the engine is not available: no engine has ${file}\n`,
      });
      const engine = await startEngineProcess({ DATABASE_URL, DRAIN_MS: '0' });
      if (!('url' in engine)) throw new Error(engine.stderr);
      const { code, err } = await restart({ DATABASE_URL });
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^callchart: .* is one process, .* set WORKERS\n$/),
      ]);
      expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
      expect(await engine.stop()).toBe(0);
    },
  );
});

describe('a start of several workers that fails', () => {
  test(
    'a start of several workers that fails names the profile once, and leaves nothing behind',
    PATIENCE,
    async () => {
      const folder = temporaryFolder();
      const AGENTS_DIR = join(folder, 'agents');
      mkdirSync(AGENTS_DIR);
      writeFileSync(join(AGENTS_DIR, 'default.json'), '{"id":"default"}');
      const DATABASE_URL = `file:${join(folder, 'calls.sqlite')}`;
      const failed = await startEngineProcess({ WORKERS: '2', AGENTS_DIR, DATABASE_URL });
      expect(failed).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /^callchart: an agent profile is invalid: \n {2}.*default\.json:1:1 business: [^\n]+\n$/,
        ) as string,
      });
      expect(existsSync(join(folder, 'calls.sqlite-owner'))).toBe(false);
    },
  );

  test(
    'a start of several workers at a port that is taken says so in one line, and touches nothing',
    PATIENCE,
    async () => {
      const house = await running();
      const folder = join(temporaryFolder(), 'data');
      const PORT = new URL(house.url).port;
      const failed = await startEngineProcess({
        WORKERS: '2',
        PORT,
        DATABASE_URL: `file:${folder}/calls.sqlite`,
      });
      expect(failed).toEqual({
        code: 1,
        stderr: `callchart: the configuration is invalid: \n  PORT: another program listens at 127.0.0.1, port ${PORT} already, perhaps an engine\n`,
      });
      expect(existsSync(folder)).toBe(false);
    },
  );
});
