import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { AuditPage } from '../../src/protocol/console-audit.ts';
import type { RunningEngine } from '../../src/server.ts';
import { commandTyped } from '../support/command-typed.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { checkSample, freePort, REVERSE_PROXIES, sampleOf, startProxy } from '../support/reverse-proxy.ts';

const PATIENCE_MS = 60_000;
const PATIENCE = { timeout: PATIENCE_MS };
const TOKEN = '9b1d0c3f7ea248569b1d0c3f7ea24856';

describe.each(REVERSE_PROXIES)('$name with its sample', (proxy) => {
  const isThere = proxy.program !== undefined;

  let folder: string;
  let settings: Record<string, string>;
  let ports: { readonly proxy: number; readonly engine: number };
  let engine: RunningEngine;

  /** An engine behind the proxy, as the settings of the guide have it. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'callchart-proxied-'));
    ports = { proxy: await freePort(), engine: await freePort() };
    settings = {
      PORT: String(ports.engine),
      PUBLIC_URL: `http://127.0.0.1:${String(ports.proxy)}`,
      ADMIN_TOKEN: TOKEN,
      TWILIO_AUTH_TOKEN: '5e6f708192a3b4c55e6f708192a3b4c5',
      TRUSTED_PROXIES: '127.0.0.1',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    };
    engine = await startLawfulEngine(readConfig(settings));
  }, PATIENCE_MS);
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  }, PATIENCE_MS);

  /** A request from one address of this machine. Paths are sent as they are written. */
  const ask = (port: number, path: string, { method = 'GET', from = '127.0.0.2', headers = {} } = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = request(
        {
          ...{ host: '127.0.0.1', port, path, method, localAddress: from, agent: false },
          headers: { Authorization: `Bearer ${TOKEN}`, ...headers },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      asking.on('error', reject);
      asking.end();
    });

  test.runIf(isThere)('the sample of a proxy is right as it stands in its file', PATIENCE, async () => {
    expect(await checkSample(proxy)).toMatchObject({ code: 0 });
  });

  test.runIf(isThere)(
    'a proxy with its sample satisfies the doctor, and tells the client',
    PATIENCE,
    async () => {
      await startProxy(proxy, sampleOf(proxy), ports);
      const told = await commandTyped(settings, 'doctor');
      expect(told.printed).not.toContain('BAD');
      expect(told.code).toBe(0);

      const forged = { 'X-Forwarded-For': '203.0.113.9' };
      expect(await ask(ports.proxy, '/api/blocked/+12025550123', { method: 'PUT', headers: forged })).toBe(
        200,
      );
      const headers = { Authorization: `Bearer ${TOKEN}` };
      const trail = await fetch(`http://127.0.0.1:${String(ports.engine)}/api/audit?act=blockNumber`, {
        headers,
      });
      expect(((await trail.json()) as AuditPage).items).toMatchObject([{ address: '127.0.0.2' }]);
    },
  );

  test.runIf(isThere)('a proxy shows outsiders the carrier’s paths only', PATIENCE, async () => {
    expect(sampleOf(proxy)).toMatch(proxy.inside);
    await startProxy(proxy, sampleOf(proxy).replace(proxy.inside, ''), ports);
    const closed = ['/', '/api/calls', '/metrics', '/api/live', '/audit', '//api/calls', '/./api/calls'];
    const crooked = [
      '/twilio/../api/calls',
      '/twilio/%2e%2e/api/calls',
      '/healthz/../api/calls',
      '/TWILIO/../api/calls',
    ];
    for (const path of [...closed, ...crooked]) expect(await ask(ports.proxy, path), path).not.toBe(200);
    for (const path of closed) expect(await ask(ports.proxy, path), path).toBe(404);
    expect(await ask(ports.proxy, '/healthz')).toBe(200);
    expect(await ask(ports.proxy, '/readyz')).toBe(200);
    // The engine's own answer: nobody signed it.
    expect(await ask(ports.proxy, '/twilio/voice', { method: 'POST' })).toBe(403);
  });

  test.runIf(isThere && proxy.upgradeLines !== undefined)(
    'a proxy without the lines for WebSockets is told by the doctor which ones it lacks',
    PATIENCE,
    async () => {
      const lines = proxy.upgradeLines ?? /never/;
      expect(sampleOf(proxy).match(lines)).toHaveLength(2);
      await startProxy(proxy, sampleOf(proxy).replaceAll(lines, ''), ports);
      const told = await commandTyped(settings, 'doctor');
      expect(told.code).toBe(1);
      expect(told.printed).toMatch(
        /^BAD .*\/twilio\/media[^]*proxy_set_header Upgrade[^]*proxy_set_header Connection/m,
      );
    },
  );
});
