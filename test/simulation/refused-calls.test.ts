import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { startSimulatedModel } from '../../src/simulator/simulated-model.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** Callers who want more of the model than they may have, in a running engine whose model counts its sessions. */

const CALLER = '+12025550123';
/** As the profile that answers has it. */
const BUSY = 'Thank you for calling Harbour Street Dental. All our lines are busy. Please call again later.';
const folder = mkdtempSync(join(tmpdir(), 'callchart-refused-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let engine: RunningEngine;
let closeModel: (() => Promise<void>) | undefined;
afterEach(async () => {
  await engine.close();
  await closeModel?.();
});

let databases = 0;
async function start(modelUrl: string, more: Record<string, string> = {}): Promise<RunningEngine> {
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, `${String(++databases)}.sqlite`)}`,
      OPENAI_REALTIME_URL: modelUrl,
      OPENAI_API_KEY: 'any',
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
      ...more,
    }),
  );
  return engine;
}

/** A call rings; resolves with the TwiML. */
async function rings(from: string, callSid = `CA${randomBytes(16).toString('hex')}`): Promise<string> {
  const response = await fetch(`${engine.url}/twilio/voice`, {
    method: 'POST',
    body: new URLSearchParams({ CallSid: callSid, From: from, To: '+12025550100', Direction: 'inbound' }),
  });
  expect(response.status).toBe(200);
  return response.text();
}

const api = (path: string, method = 'GET') => fetch(`${engine.url}${path}`, { method });
const metrics = async () => (await api('/metrics')).text();
const ofKind = (answers: readonly string[], part: string) => answers.filter((twiml) => twiml.includes(part));

describe('callers', () => {
  test('callers who call thirty times at once get three sessions of the model, and hear a sentence', async () => {
    const model = await toolCallingModel();
    closeModel = () => model.close();
    await start(model.url);
    const answers = await Promise.all(Array.from({ length: 30 }, () => rings(CALLER)));
    expect(ofKind(answers, '<Stream')).toHaveLength(3);
    expect(ofKind(answers, `<Say language="en-US">${BUSY}</Say><Hangup/>`)).toHaveLength(27);
    expect(await rings('+12025550188')).toContain('<Stream');
    await vi.waitFor(() => {
      expect(model.sessions).toHaveLength(4);
    });
    expect(await metrics()).toContain('callchart_calls_refused_total{cause="caller_at_once"} 27');
    const { items } = (await (await api('/api/calls')).json()) as { items: object[] };
    expect(items).toHaveLength(4);
  });

  test('callers who are blocked cost no session, from the moment on and after a restart', async () => {
    const model = await toolCallingModel();
    closeModel = () => model.close();
    const database = { DATABASE_URL: `file:${join(folder, 'blocked.sqlite')}` };
    await start(model.url, database);
    expect(await rings(CALLER)).toContain('<Stream');
    expect((await api(`/api/blocked/${CALLER}`, 'PUT')).status).toBe(200);
    expect(await rings(CALLER)).toContain(BUSY);
    await engine.close();
    await start(model.url, database);
    expect(await rings(CALLER)).toContain(BUSY);
    expect(await (await api('/api/refused-calls')).json()).toMatchObject({
      items: [
        { phone: CALLER, cause: 'blocked' },
        { phone: CALLER, cause: 'blocked' },
      ],
    });
    expect((await api(`/api/blocked/${CALLER}`, 'DELETE')).status).toBe(204);
    expect(await rings(CALLER)).toContain('<Stream');
    await vi.waitFor(() => {
      expect(model.sessions).toHaveLength(2);
    });
  });
});

describe('the money of a day', () => {
  test('the cost of a day is what the model reported: the next call is refused, and the log says so', async () => {
    const model = await startSimulatedModel(systemClock);
    closeModel = () => model.close();
    const dear = 'text-in=9e5,audio-in=9e5,cached=9e5,text-out=9e5,audio-out=9e5,transcribed-minute=9e5';
    await start(model.url, { MAX_COST_PER_DAY: '100', MODEL_RATES: dear.replaceAll('9e5', '900000') });
    const call = placeCall({ url: engine.url, to: '+12025550100', from: CALLER, voice: new CallerVoice() });
    onTestFinished(() => {
      call.hangUp();
    });
    let caller = 100;
    await vi.waitFor(
      async () => {
        expect(await rings(`+12025550${String(++caller)}`)).toContain(BUSY);
      },
      { timeout: 20_000, interval: 250 },
    );
    const told = await metrics();
    expect(told).toContain('callchart_calls_refused_total{cause="day_cost"} 1');
    expect(Number(/callchart_day_cost ([\d.]+)/.exec(told)?.[1])).toBeGreaterThan(100);
    expect(Number(/callchart_day_model_seconds ([\d.]+)/.exec(told)?.[1])).toBeGreaterThan(0);
  }, 30_000);
});
