import Sqlite from 'better-sqlite3';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { type CarrierSocket } from '../../src/simulator/carrier/carrier-socket.ts';
import { WebSocket } from 'ws';
import { startEngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from '../support/journal.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';
import { toolFolder } from '../support/tool-folder.ts';

/** A process that loads TypeScript, real sockets, real time. */
const PATIENCE_MS = 60_000;

/** What an exception of a tool may hold, and no log line. */
const SPOKEN = 'my number is +12025550123';

/** A tool of the business that throws where the engine cannot catch it, while nothing of its request is on disk yet. */
const slip = (how: string) => `
  import { defineTool, done, z } from 'callchart/tool';
  class OrderTrouble extends Error { code = 'E_ORDER'; }
  export default defineTool({
    name: 'slip',
    description: 'Slips.',
    policy: { kind: 'reads' },
    args: z.strictObject({}),
    run: () => {
      const trouble = new OrderTrouble(${JSON.stringify(`${SPOKEN}\n    at home`)});
      ${how}
      return new Promise(() => undefined);
    },
  });`;

const IN_A_TIMER = 'setTimeout(() => { throw trouble; }, 0);';
const IN_A_PROMISE = 'void Promise.reject(trouble);';
const WITHOUT_AN_ERROR = `setTimeout(() => { throw ${JSON.stringify(SPOKEN)}; }, 0);`;

/** A real engine with a call on it, whose model calls the tool as soon as the greeting was heard. */
async function slippedEngine(how: string, file: string, before: () => void = () => undefined) {
  const model = await toolCallingModel();
  const agents = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  writeFileSync(
    join(agents, 'default.json'),
    JSON.stringify({ id: 'default', business: { name: 'Acme' }, tools: ['slip'] }),
  );
  const engine = await startEngineProcess({
    OPENAI_REALTIME_URL: model.url,
    OPENAI_API_KEY: 'any',
    DATABASE_URL: `file:${file}`,
    TOOLS_DIR: toolFolder({ 'slip.ts': slip(how) }),
    AGENTS_DIR: agents,
  });
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  onTestFinished(() => model.close());

  let slippedAt = 0;
  const closed: number[] = [];
  const call = placeCall({
    url: engine.url,
    to: '+12025550100',
    from: '+12025550123',
    voice: new CallerVoice(),
    openSocket: async (url, headers): Promise<CarrierSocket> => {
      const socket = new WebSocket(url, { headers, perMessageDeflate: false });
      await new Promise((resolve) => socket.once('open', resolve));
      socket.on('close', (code) => closed.push(code));
      return socket;
    },
    tell: ({ type }) => {
      if (type !== 'agent.quiet' || slippedAt > 0) return;
      before();
      slippedAt = performance.now();
      model.sessions[0]?.calls({ name: 'slip', args: {} });
    },
  });
  const end = await engine.ended;
  const tookMs = performance.now() - slippedAt;
  const { out, err } = engine.printed();
  const lines = out.split('\n').filter((line) => line.startsWith('{')); // The welcome is for people.
  return { callSid: call.callSid, end, tookMs, closed, lines, err };
}

const eventsOf = (file: string, callSid: string) => {
  const db = new Sqlite(file, { readonly: true });
  const rows = db.prepare('SELECT event FROM events WHERE call_sid = ? ORDER BY seq').pluck().all(callSid);
  db.close();
  return rows;
};

test.each([
  ['an exception in a timer', IN_A_TIMER, { kind: 'OrderTrouble', cause: 'E_ORDER' }],
  ['a rejection that nobody handles', IN_A_PROMISE, { kind: 'OrderTrouble', cause: 'E_ORDER' }],
  ['something thrown that is no error', WITHOUT_AN_ERROR, { kind: 'string' }],
])(
  'after %s the rows are on disk, the stream is closed with 1011, one line says so and the code is 70',
  async (_what, how, told) => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const { callSid, end, tookMs, closed, lines, err } = await slippedEngine(how, file);

    expect(end).toEqual({ code: 70, signal: null });
    expect(tookMs).toBeLessThan(1000);
    expect(closed).toEqual([1011]);
    // Told within the tick in which it was thrown.
    expect(eventsOf(file, callSid)).toContain('tool.requested');
    expect(eventsOf(file, callSid)).not.toContain('call.ended');
    expect(err).toBe('');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as { at: string[] };
    expect(line).toMatchObject({ level: 'fatal', code: 'LAST_EXCEPTION', ...told });
    if (told.kind !== 'string') expect(line.at.join('\n')).toMatch(/slip\.ts/);
    expect(lines[0]).not.toMatch(/2025550123|at home/);
  },
  PATIENCE_MS,
);

test(
  'a process whose journal waits for a locked disk is killed all the same',
  async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    let lock: Sqlite.Database | undefined;
    const { end, tookMs, closed, lines } = await slippedEngine(IN_A_TIMER, file, () => {
      lock = new Sqlite(file);
      lock.exec('BEGIN IMMEDIATE');
    });
    lock?.close();
    expect(end).toEqual({ code: null, signal: 'SIGKILL' });
    expect(tookMs).toBeLessThan(1000);
    expect(closed).toEqual([1011]);
    expect(lines).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  'a log whose reader is gone does not end the engine',
  async () => {
    const engine = await startEngineProcess({
      DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}`,
      LOG_LEVEL: 'debug',
    });
    if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
    engine.stopReading();
    for (let n = 0; n < 3; n++) expect((await fetch(`${engine.url}/api/calls`)).status).toBe(200);
    expect(await engine.stop()).toBe(0);
  },
  PATIENCE_MS,
);
