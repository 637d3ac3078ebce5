import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CallStatus } from '../../src/protocol/twilio-webhook.ts';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { findEngine } from '../../src/cli/found-engine.ts';
import { readConfig } from '../../src/config.ts';
import { ownDatabase } from '../../src/services/storage/sqlite/database-owner.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from '../support/journal.ts';

/** Processes that load TypeScript. */
const PATIENCE = { timeout: 60_000 };
const CALL_SID = `CA${'1'.repeat(32)}`;

async function running(settings: Record<string, string>): Promise<EngineProcess> {
  const engine = await startEngineProcess(settings);
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  onTestFinished(async () => {
    if (isAlive(engine.pid)) process.kill(engine.pid, 'SIGKILL');
    await engine.ended;
  });
  return engine;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A port at which something else listens. */
async function takenPort(): Promise<string> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  return String((other.address() as AddressInfo).port);
}

/** A call that rings, and has its stream still to come. */
async function rings(engine: EngineProcess): Promise<void> {
  expect(await posts(engine, 'voice', 'ringing')).toContain('<Stream');
}

/** Asks the engine what the carrier asks about the call, or tells it. */
async function posts({ url }: EngineProcess, route: 'voice' | 'status', status: CallStatus): Promise<string> {
  const parties = { from: '+12025550123', to: '+12025550100', accountSid: `AC${'1'.repeat(32)}` };
  const body = new URLSearchParams(voiceForm({ callSid: CALL_SID, ...parties }, status));
  return (await fetch(`${url}/twilio/${route}`, { method: 'POST', body })).text();
}

const record = async ({ url }: EngineProcess) =>
  (await (await fetch(`${url}/api/calls/${CALL_SID}`)).json()) as { state: string; endReason: string | null };

const freshDatabase = () => join(temporaryFolder(), 'calls.sqlite');

describe('a second engine on a database in use', () => {
  test('a second engine is refused by name, and the calls of the first go on', PATIENCE, async () => {
    const file = freshDatabase();
    const settings = { DATABASE_URL: `file:${file}`, DRAIN_MS: '0' };
    const first = await running(settings);
    await rings(first);
    const second = await startEngineProcess(settings);
    expect(second).toEqual({
      code: 1,
      stderr: `callchart: the database is in use: ${file}, by the engine at ${first.url} (process ${String(first.pid)})\n`,
    });
    expect(await record(first)).toMatchObject({ endReason: null });
  });

  test(
    'a second engine after a kill waits for the calls of the first, until the carrier says that they are over',
    PATIENCE,
    async () => {
      const settings = { DATABASE_URL: `file:${freshDatabase()}`, DRAIN_MS: '0' };
      const first = await running(settings);
      await rings(first);
      process.kill(first.pid, 'SIGKILL');
      await first.ended;
      const second = await running(settings);
      expect(await record(second)).toMatchObject({ state: 'connecting', endReason: null });
      await posts(second, 'status', 'completed');
      expect(await record(second)).toMatchObject({ state: 'ended', endReason: 'completed' });
    },
  );
});

test('an engine whose port is in use says so in one line, and touches nothing', PATIENCE, async () => {
  const folder = join(temporaryFolder(), 'data');
  const settings = { DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`, PORT: await takenPort() };
  expect(await startEngineProcess(settings)).toEqual({
    code: 1,
    stderr: `callchart: the configuration is invalid: \n  PORT: another program listens at 127.0.0.1, port ${settings.PORT} already, perhaps an engine\n`,
  });
  expect(existsSync(folder)).toBe(false);
});

test.each(['192.0.2.1', 'no-such-host.invalid'])(
  'an engine that cannot listen at %s says so in one line',
  PATIENCE,
  async (HOST) => {
    const failed = await startEngineProcess({
      HOST,
      ADMIN_TOKEN: '9b1d0c3f7ea248569b1d0c3f7ea24856',
      DATABASE_URL: `file:${freshDatabase()}`,
    });
    expect('stderr' in failed && failed.stderr).toMatch(
      /^callchart: the configuration is invalid: \n {2}HOST: this machine cannot listen at .* \((?:EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)\)\n$/,
    );
  },
);

describe('callchart call', () => {
  const token = '9b1d0c3f7ea248569b1d0c3f7ea24856';

  test.each(['127.0.0.1', '::1', '0.0.0.0', '::', '127.0.0.7', 'localhost'])(
    'callchart call finds the engine that has the database, at %s and any port',
    PATIENCE,
    async (HOST) => {
      const settings = { HOST, ADMIN_TOKEN: token, DATABASE_URL: `file:${freshDatabase()}`, PORT: '0' };
      await running(settings);
      const found = await findEngine(undefined, readConfig({ ...settings, HOST: '127.0.0.1', PORT: '1' }));
      expect(found).toMatchObject({ isStarted: false, adminToken: token });
      expect((await fetch(`${found.url}/readyz`)).status).toBe(200);
    },
  );

  test('callchart call starts no engine while a silent one has the database', PATIENCE, async () => {
    const file = freshDatabase();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    silent.close();
    await once(silent, 'close');
    const url = `http://127.0.0.1:${String(port)}`;
    const release = await ownDatabase(file, { url, processId: 1 });
    onTestFinished(release);
    let waits = 0;
    const clock = {
      now: () => 0,
      steady: () => 0,
      setTimeout: (fn: () => void) => (waits++, setImmediate(fn)),
      clearTimeout: () => undefined,
    };
    await expect(
      findEngine(undefined, readConfig({ DATABASE_URL: `file:${file}`, PORT: String(port) }), clock),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(waits).toBeGreaterThan(0);
  });
});
