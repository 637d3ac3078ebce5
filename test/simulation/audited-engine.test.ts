import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditPage } from '../../src/protocol/console-audit.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'an-admin-token-of-tests';
const CALL_SID = `CA${'0'.repeat(31)}7`;
const EACH = 300;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callchart-audited-'));
  cpSync('agents', join(folder, 'agents'), { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function start(): Promise<EngineProcess> {
  const engine = await startEngineProcess({
    ADMIN_TOKEN: TOKEN,
    TWILIO_AUTH_TOKEN: 'an-auth-token-of-the-carrier',
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    AGENTS_DIR: join(folder, 'agents'),
    LOG_LEVEL: 'warn',
    DRAIN_MS: '0',
  });
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  return engine;
}

const ask = (
  engine: EngineProcess,
  path: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  token = TOKEN,
) => fetch(`${engine.url}${path}`, { ...init, headers: { Authorization: `Bearer ${token}`, ...headers } });

const audit = async (engine: EngineProcess, act = '') =>
  ((await (await ask(engine, `/api/audit?act=${act}`)).json()) as AuditPage).items;

/** An upgrade that nobody signed; resolves with its status. */
const knock = (engine: EngineProcess) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = {
      ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
    };
    const asking = request(`${engine.url}/twilio/media`, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject);
    asking.end();
  });

test(
  '900 refused clients are a handful of log lines, and each is counted',
  async () => {
    const engine = await start();
    for (let n = 0; n < EACH; n++) {
      const forged = { method: 'POST', headers: { 'X-Twilio-Signature': `forged-${String(n)}` } };
      const [api, webhook, stream] = await Promise.all([
        ask(engine, '/api/calls', {}, `guess-${String(n)}`),
        ask(engine, '/twilio/voice', forged),
        knock(engine),
      ]);
      expect([401, 429]).toContain(api.status);
      expect([webhook.status, stream]).toEqual([403, 403]);
    }
    const counted = await (await ask(engine, '/metrics')).text();
    for (const labels of ['door="api",reason="wrong_token"', 'door="webhook",reason="wrong_signature"']) {
      expect(counted).toContain(`callchart_refusals_total{${labels}} ${String(EACH)}`);
    }
    expect(await engine.stop()).toBe(0);
    const lines = engine
      .printed()
      .out.split('\n')
      .filter((line) => line !== '')
      .filter((line) => line.startsWith('{'));
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.filter((line) => line.includes(`"leftOut":${String(EACH - 2)}`))).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/guess-|forged-/);
  },
  PATIENCE_MS,
);

test(
  'audit rows outlive the engine, and a profile changed while it was down has one, too',
  async () => {
    const first = await start();
    const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expect((await ask(first, `/api/calls/${CALL_SID}/hangup`, post)).status).toBe(404);
    expect((await ask(first, '/api/callers/%2B12025550177', { method: 'DELETE' })).status).toBe(404);
    const before = await audit(first);
    await first.stop();

    const file = join(folder, 'agents', 'plumber.json');
    const profile = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...profile, voice: 'marin' }));
    const second = await start();
    const [found, erased, hungUp] = await audit(second);
    expect(found).toMatchObject({ who: 'disk', act: 'foundAgent', agentId: 'plumber' });
    expect(found?.fromVersion).not.toBe(found?.toVersion);
    expect([erased, hungUp]).toEqual(before.slice(0, 2));
    expect(hungUp).toMatchObject({ who: 'token', act: 'hangup', callSid: CALL_SID, status: 404 });

    // The digest of a number is the same after a restart, and nowhere in it is the number.
    await ask(second, '/api/callers/%2B12025550177', { method: 'DELETE' });
    const digests = (await audit(second, 'eraseCaller')).map(({ caller }) => caller);
    expect(digests).toEqual([erased?.caller, erased?.caller]);
    await second.stop();
    for (const name of ['calls.sqlite', 'audit-key']) {
      expect(readFileSync(join(folder, name)).includes('2025550177')).toBe(false);
    }
  },
  PATIENCE_MS,
);
