import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { StorageLimits } from '../../src/engine/storage.ts';
import type { EndReason } from '../../src/machines/call/call.events.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { JOURNAL_TROUBLES, type JournalTrouble } from '../../src/protocol/journal-troubles.ts';
import { type RunningEngine, startEngine } from '../../src/server.ts';
import type { DialResult } from '../../src/simulator/carrier/dial-verb.ts';
import { type CallerLine, placeLine } from '../support/caller-line.ts';
import { damageDatabase } from '../support/damage.ts';
import { lockDatabase } from '../support/database-lock.ts';
import { startFakeTwilioRest } from '../support/fake-twilio-rest.ts';
import { temporaryFolder, Threads } from '../support/journal.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** A whole engine with callers on it, whose disk gets into trouble and out of it again. */

/** Real sockets, a real disk, and real waits for it. */
const PATIENCE_MS = 90_000;
const WAIT = { timeout: 20_000, interval: 50 };
const PERSON = '+12025550111';
const CALLER = '+12025550123';
const MAX_FILE_BYTES = 3_000_000;
/** What operators are promised, in ms, and what others may take of the machine. */
const [TOLD_WITHIN_MS, SLACK_MS] = [2000, 1000];

const PROFILE = {
  id: 'default',
  business: { name: 'Acme', timezone: 'UTC', services: ['Advice'] },
  escalation: { phoneNumber: PERSON },
  filler: 'none',
};
const NOT_NOW = {
  ...{ status: 'failed', error: 'STORAGE_UNAVAILABLE' },
  reason: expect.stringMatching(/^That cannot be done right now, and was not done\./) as string,
};

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const EFFECTS = [
  { id: 'lead', name: 'create_lead', args: { name: 'Ann' } },
  {
    ...{ id: 'booking', name: 'book_appointment' },
    args: { name: 'Ann', service: 'Advice', date: tomorrow, time: '10:00' },
  },
  { id: 'text', name: 'send_sms', args: { body: 'Thank you for calling.' } },
];

/** An engine with its far ends, and a folder that it keeps everything in. */
async function open(limits: StorageLimits = {}, start = startLawfulEngine) {
  const folder = temporaryFolder();
  const [agents, file] = [join(folder, 'agents'), join(folder, 'data', 'calls.sqlite')];
  mkdirSync(agents);
  writeFileSync(join(agents, 'default.json'), JSON.stringify(PROFILE));
  const twilio = await startFakeTwilioRest();
  onTestFinished(() => twilio.close());
  const model = await toolCallingModel();
  onTestFinished(() => model.close());
  const config = readConfig({
    ...{ PORT: '0', DATABASE_URL: `file:${file}`, AGENTS_DIR: agents, LOG_LEVEL: 'fatal', DRAIN_MS: '0' },
    ...{ OPENAI_REALTIME_URL: model.url, OPENAI_API_KEY: 'any', TWILIO_PHONE_NUMBER: '+12025550100' },
    ...{ TWILIO_ACCOUNT_SID: twilio.accountSid, TWILIO_AUTH_TOKEN: twilio.authToken },
    TWILIO_API_URL: twilio.url,
  });
  const engine = await start(config, systemClock, limits);
  const publicUrl = engine.url.replace('127.0.0.1', 'localhost');
  /** A caller who has heard the greeting. */
  const calls = async (dialResult?: DialResult) => {
    const ends = { url: engine.url, publicUrl, authToken: twilio.authToken, rest: twilio, model };
    const line = await placeLine(CALLER, { ...ends, ...(dialResult && { dialResult }) });
    await line.greeted;
    return line;
  };
  return { engine, folder: join(folder, 'data'), file, twilio, calls };
}

/** What a damaged database has of its calls cannot be held against the laws. */
const startLawlessEngine: typeof startLawfulEngine = (config, clock, limits) =>
  startEngine(config, clock, undefined, limits);

const ask = async (engine: RunningEngine, path: string): Promise<unknown> =>
  (await fetch(`${engine.url}${path}`)).json();

/** Asks until the engine says that it is not ready; answers why, and how long that took. */
async function troubleOf(engine: RunningEngine): Promise<{ detail: unknown; tookMs: number }> {
  const began = performance.now();
  const detail = await vi.waitFor(async () => {
    const answer = (await ask(engine, '/readyz')) as { type?: string; detail?: string };
    expect(answer.type).toBe('STORAGE_UNAVAILABLE');
    return answer.detail;
  }, WAIT);
  return { detail, tookMs: performance.now() - began };
}

const isReady = (engine: RunningEngine) =>
  vi.waitFor(async () => {
    expect(await ask(engine, '/readyz')).toEqual({ status: 'ready' });
  }, WAIT);

/** What a new caller hears. */
async function newCallerHears(engine: RunningEngine, authToken: string): Promise<string> {
  const form = {
    CallSid: `CA${'9'.repeat(32)}`,
    From: '+12025550199',
    To: '+12025550100',
    Direction: 'inbound',
  };
  const url = `${engine.url.replace('127.0.0.1', 'localhost')}/twilio/voice`;
  const headers = { 'X-Twilio-Signature': getExpectedTwilioSignature(authToken, url, form) };
  return (await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })).text();
}

async function rowsOf(engine: RunningEngine, { callSid }: CallerLine): Promise<readonly FullRow[]> {
  return (await ask(engine, `/api/calls/${callSid}/events?bodies=full`)) as FullRow[];
}

/** The call is over: its record says so, and its rows are as dense as they were told. */
async function expectWholeRecord(
  engine: RunningEngine,
  line: CallerLine,
  endReason: EndReason = 'caller_hung_up',
): Promise<readonly FullRow[]> {
  await vi.waitFor(async () => {
    expect(await ask(engine, `/api/calls/${line.callSid}`)).toMatchObject({
      ...{ state: 'ended', endReason },
    });
  }, WAIT);
  const rows = await rowsOf(engine, line);
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  return rows;
}

interface Case {
  readonly trouble: JournalTrouble;
  /** Of readiness, in ms. */
  readonly toldWithinMs: number;
  readonly limits: () => StorageLimits;
  /** Brings the trouble; what is answered takes it away. */
  readonly begin: (file: string) => Promise<() => Promise<void> | void>;
}

const threads = new Threads();

const CASES: readonly Case[] = [
  {
    trouble: 'locked',
    toldWithinMs: TOLD_WITHIN_MS,
    limits: () => ({}),
    begin: lockDatabase,
  },
  {
    trouble: 'full',
    toldWithinMs: TOLD_WITHIN_MS,
    limits: () => ({ maxFileBytes: MAX_FILE_BYTES }),
    begin: (file) => {
      const other = new Sqlite(file);
      other.prepare('INSERT INTO probe (ballast) VALUES (zeroblob(?))').run(MAX_FILE_BYTES);
      return Promise.resolve(() => {
        other.prepare('DELETE FROM probe').run();
        other.close();
      });
    },
  },
  {
    trouble: 'slow',
    toldWithinMs: 5000 + TOLD_WITHIN_MS,
    limits: () => ({ start: threads.start }),
    begin: () => {
      threads.hang();
      return Promise.resolve(() => {
        threads.goOn();
      });
    },
  },
];

describe('a disk in trouble', () => {
  test.each(CASES)(
    'a disk that is $trouble ends no call: effects are refused in words, readiness says why, and all goes on by itself',
    async ({ trouble, toldWithinMs, limits, begin }) => {
      const { engine, file, twilio, calls } = await open(limits());
      onTestFinished(() => engine.close());
      const line = await calls();
      expect(await line.ask({ id: 'before', name: 'create_lead', args: { name: 'Bob' } })).toMatchObject([
        { status: 'ok' },
      ]);

      const end = await begin(file);
      const { detail, tookMs } = await troubleOf(engine);
      expect(detail).toBe(JOURNAL_TROUBLES[trouble]);
      expect(tookMs).toBeLessThan(toldWithinMs + SLACK_MS);
      const metrics = await (await fetch(`${engine.url}/metrics`)).text();
      expect(metrics).toContain(`callchart_journal_trouble{trouble="${trouble}"} 1`);
      // Each of these hears the agent's next words to their end.
      expect(await line.ask(...EFFECTS)).toEqual([NOT_NOW, NOT_NOW, NOT_NOW]);
      const waiting = await (await fetch(`${engine.url}/metrics`)).text();
      expect(Number(/^callchart_journal_waiting_bytes (\d+)$/m.exec(waiting)?.[1])).toBeGreaterThan(0);
      expect(Number(/^callchart_journal_lag_seconds ([\d.]+)$/m.exec(waiting)?.[1])).toBeGreaterThan(0);
      const heard = await newCallerHears(engine, twilio.authToken);
      expect(heard).toContain('<Say');
      expect(heard).not.toContain('<Stream');

      await end();
      await isReady(engine);
      const again = EFFECTS.map((effect) => ({ ...effect, id: `${effect.id} again` }));
      expect(await line.ask(...again)).toMatchObject([{ status: 'ok' }, { status: 'ok' }, { status: 'ok' }]);
      await line.hangUp();
      const rows = await expectWholeRecord(engine, line);
      // What was asked for meanwhile, and what came of it, is in the record.
      const settled = rows.filter(({ event }) => event === 'tool.settled').map(({ body }) => body);
      expect(settled).toHaveLength(7);
      expect(JSON.stringify(settled)).toContain('"toolCallId":"booking"');
      expect(twilio.messages).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  test(
    'a disk that refuses keeps no operator from ending a call, and has it in the record later, as it was',
    async () => {
      const { engine, file, calls } = await open();
      onTestFinished(() => engine.close());
      const line = await calls();
      const unlock = await lockDatabase(file);
      await troubleOf(engine);
      const { status } = await fetch(`${engine.url}/api/calls/${line.callSid}/hangup`, { method: 'POST' });
      expect(status).toBe(202);
      await line.ended;
      await vi.waitFor(async () => {
        expect(await (await fetch(`${engine.url}/metrics`)).text()).toContain('callchart_live_calls 0');
      }, WAIT);
      await unlock();
      await isReady(engine);
      const rows = await expectWholeRecord(engine, line, 'operator');
      expect(rows.at(-1)).toMatchObject({ event: 'call.ended', body: { reason: 'operator' } });
      const { items } = (await ask(engine, '/api/audit')) as { items: object[] };
      expect(items[0]).toMatchObject({ act: 'hangup', callSid: line.callSid, status: 202 });
    },
    PATIENCE_MS,
  );

  test(
    'a disk that refuses keeps nobody from being put through to a person',
    async () => {
      const { engine, file, calls } = await open();
      onTestFinished(() => engine.close());
      const line = await calls({ status: 'completed', afterMs: 500 });
      const unlock = await lockDatabase(file);
      await troubleOf(engine);
      line.session.calls({ name: 'escalate_to_human', args: { reason: 'asked for one' } });
      await line.ended;
      expect(line.dialled).toEqual([PERSON]);
      await unlock();
      await isReady(engine);
      const rows = await expectWholeRecord(engine, line, 'transferred');
      expect(rows.find(({ event }) => event === 'next.decided')?.body).toEqual({ next: 'dial' });
    },
    PATIENCE_MS,
  );

  test(
    'a journal whose thread dies in a call is written by another, and nothing is lost or written twice',
    async () => {
      const killed = new Threads();
      const { engine, calls } = await open({ start: killed.start });
      onTestFinished(() => engine.close());
      const line = await calls();
      await killed.kill();
      expect(await line.ask(...EFFECTS)).toMatchObject([
        { status: 'ok' },
        { status: 'ok' },
        { status: 'ok' },
      ]);
      await isReady(engine);
      await line.hangUp();
      const rows = await expectWholeRecord(engine, line);
      expect(rows.filter(({ event }) => event === 'tool.settled')).toHaveLength(3);
      const { items } = (await ask(engine, '/api/leads')) as { items: object[] };
      expect(items).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  test(
    'a database that is damaged in a call ends no call, and what it does not take is in a file beside it',
    async () => {
      const { engine, folder, file, twilio, calls } = await open({}, startLawlessEngine);
      const line = await calls();
      damageDatabase(file);
      const { detail } = await troubleOf(engine);
      expect(detail).toBe(JOURNAL_TROUBLES.damaged);
      expect(await line.ask(...EFFECTS)).toEqual([NOT_NOW, NOT_NOW, NOT_NOW]);
      expect(await newCallerHears(engine, twilio.authToken)).toContain('<Say');
      await line.hangUp();
      await expect(engine.close()).rejects.toThrow(/writes could not be stored and are in .*rescue-/);
      const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('rescue-'));
      const rescued = readFileSync(join(folder, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as { event?: string; transaction?: string });
      expect(rescued.filter(({ event }) => event === 'tool.settled')).toHaveLength(3);
      expect(rescued.at(-1)).toMatchObject({
        transaction: 'endCall',
        args: { callSid: line.callSid, reason: 'caller_hung_up' },
      });
    },
    PATIENCE_MS,
  );
});
