import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { StoredEntry } from '../../src/protocol/call-feed.ts';
import type { RunningEngine } from '../../src/server.ts';
import type { RealtimeFaults } from '../../src/simulator/realtime/faults.ts';
import { placeLine } from '../support/caller-line.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** Real sockets, and calls that are spoken in real time. */
const PATIENCE_MS = 60_000;
const AUTH_TOKEN = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';

const folder = mkdtempSync(join(tmpdir(), 'callchart-replaced-'));
const faults: RealtimeFaults = {};
let engine: RunningEngine;
let model: Awaited<ReturnType<typeof toolCallingModel>>;

beforeAll(async () => {
  model = await toolCallingModel(faults);
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  const profile = { id: 'default', business: { name: 'Acme' }, filler: 'none', limits: { idleMs: 120_000 } };
  writeFileSync(join(agents, 'default.json'), JSON.stringify(profile));
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agents,
      OPENAI_REALTIME_URL: model.url,
      OPENAI_API_KEY: 'any',
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await model.close();
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

const lineFrom = (from: string) => {
  const publicUrl = engine.url.replace('127.0.0.1', 'localhost');
  return placeLine(from, { url: engine.url, publicUrl, authToken: AUTH_TOKEN, model });
};

async function rowsOf(callSid: string): Promise<StoredEntry[]> {
  return (await (await fetch(`${engine.url}/api/calls/${callSid}/events`)).json()) as StoredEntry[];
}

/** The time of the first row of that name, in ms since the Unix epoch. */
const timeOf = (rows: readonly StoredEntry[], event: string) =>
  Date.parse(String(rows.find((row) => row.event === event)?.at));

test(
  'a call whose session is cut goes on in the next one, which knows what was said and done',
  async () => {
    const line = await lineFrom('+12025550131');
    await line.ask({ id: 'lead', name: 'create_lead', args: { name: 'Ann Lee', interest: 'a table' } });
    // Nothing is owed: the agent has answered, and was heard to the end.
    await vi.waitFor(async () => {
      const names = (await rowsOf(line.callSid)).map(({ event }) => event);
      expect(names.lastIndexOf('agent.said')).toBeGreaterThan(names.lastIndexOf('tool.settled'));
      expect(names.lastIndexOf('agent.said')).toBeGreaterThan(names.lastIndexOf('response.started'));
    }, 5_000);
    const next = model.nextSession();
    model.drop();
    const session = await next;
    await vi.waitFor(() => {
      expect(session.messages.join(' ')).toContain('Hello.');
    });
    expect(session.outputs.map(({ callId }) => callId)).toEqual(['lead']);
    expect(session.asked).toBe(0);
    session.hears('Thank you.');
    await vi.waitFor(async () => {
      const rows = await rowsOf(line.callSid);
      const replaced = rows.findLastIndex(({ event }) => event === 'model.configured');
      expect(rows.slice(replaced).map(({ event }) => event)).toContain('agent.said');
    }, 5_000);
    await line.hangUp();

    const rows = await rowsOf(line.callSid);
    const gapMs = timeOf(rows.toReversed(), 'model.configured') - timeOf(rows, 'model.disconnected');
    expect(gapMs).toBeLessThan(3_000);
    expect(rows.filter(({ event }) => event === 'call.failing')).toEqual([]);
    const { items } = (await (await fetch(`${engine.url}/api/leads`)).json()) as { items: unknown[] };
    expect(items).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  'a call whose first handshake is refused with 429 is greeted within 6 s',
  async () => {
    faults.refuseUpgrade = 429;
    const before = model.sessions.length;
    const placed = lineFrom('+12025550132');
    await vi.waitFor(async () => {
      const live = (await (await fetch(`${engine.url}/api/calls?limit=1`)).json()) as {
        items: { callSid: string; from: string }[];
      };
      expect(live.items[0]?.from).toBe('+12025550132');
      const rows = await rowsOf(String(live.items[0]?.callSid));
      expect(rows.map(({ event }) => event)).toContain('model.disconnected');
    }, 5_000);
    delete faults.refuseUpgrade;
    const line = await placed;
    expect(model.sessions.length).toBe(before + 1);
    await vi.waitFor(async () => {
      expect((await rowsOf(line.callSid)).map(({ event }) => event)).toContain('playback.started');
    }, 6_000);
    await line.hangUp();
    const rows = await rowsOf(line.callSid);
    expect(timeOf(rows, 'playback.started') - timeOf(rows, 'phone.attached')).toBeLessThan(6_000);
  },
  PATIENCE_MS,
);
