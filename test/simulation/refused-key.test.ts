import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { checkReadiness } from '../../src/cli/readiness-check.ts';
import { commandLine, runCommandLine } from '../../src/cli/command-line.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';

/** A call of the command line's into an engine whose model will not have it. */

const folder = mkdtempSync(join(tmpdir(), 'callchart-refused-key-'));
let server: Server;
let engine: RunningEngine;
afterEach(async () => {
  await engine.close();
  server.close();
  server.closeAllConnections();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A model server that refuses every upgrade, as OpenAI's refuses a wrong key. */
async function refusing(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const engineOf = (modelUrl: string) =>
  startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      OPENAI_REALTIME_URL: modelUrl,
      OPENAI_API_KEY: 'sk-wrong-and-secret',
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );

test('callchart doctor says whether the engine takes new calls, and why not: here the model refuses the key', async () => {
  const url = await refusing((_, reply) => reply.writeHead(401).end('{}'));
  engine = await engineOf(url);
  expect(await checkReadiness(engine.url)).toEqual({ isSound: true, text: 'the engine takes new calls' });
  for (const digit of ['1', '2', '3']) {
    const parties = { from: `+1202555012${digit}`, to: '+12025550100', accountSid: 'AC1' };
    const form = voiceForm({ callSid: `CA${digit.repeat(32)}`, ...parties }, 'ringing');
    await fetch(`${engine.url}/twilio/voice`, { method: 'POST', body: new URLSearchParams(form) });
  }
  await vi.waitUntil(async () => (await fetch(`${engine.url}/readyz`)).status === 503, { timeout: 15_000 });
  expect(await checkReadiness(engine.url)).toEqual({
    isSound: false,
    text: 'the engine takes no new call: the model refuses this engine; one call a minute tries whether it still does',
  });
  // Whether it can be reached at all another finding tells.
  expect(await checkReadiness('http://127.0.0.1:9')).toBeUndefined();
}, 60_000);

test('callchart call with a refused key prints one line with code and remedy, keeps them with the call, and exits 1', async () => {
  const url = await refusing((_, reply) => {
    reply.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":"invalid_api_key"}}');
  });
  engine = await engineOf(url);
  const complaints: string[] = [];
  const printed: string[] = [];
  const terminal = {
    hasColours: false,
    print: (line: string) => printed.push(line),
    complain: (line: string) => complaints.push(line),
  };
  const argv = ['node', 'callchart', 'call', '--say', 'Hello', '--json', '--url', engine.url];
  expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(1);
  expect(complaints).toEqual([
    'callchart: the call failed: MODEL_REFUSED: the model refused the session (http_401); ' +
      'check OPENAI_API_KEY: it is wrong or was revoked',
  ]);
  const { endReason, failure } = JSON.parse(printed.at(-1) ?? '') as Record<string, unknown>;
  expect({ endReason, failure }).toMatchObject({
    endReason: 'failed',
    failure: { code: 'MODEL_REFUSED', cause: 'http_401' },
  });

  const list = (await (await fetch(`${engine.url}/api/calls`)).json()) as { items: unknown[] };
  expect(list.items[0]).toMatchObject({
    endReason: 'failed',
    failure: {
      code: 'MODEL_REFUSED',
      cause: 'http_401',
      remedy: expect.stringMatching(/^check OPENAI_API_KEY/) as string,
    },
  });
  expect(JSON.stringify([list, printed, complaints])).not.toContain('sk-wrong');
}, 60_000);
