import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import type { CarrierConduct } from '../../src/simulator/carrier/carrier-conduct.ts';
import type { CarrierEvent } from '../../src/simulator/carrier/carrier-events.ts';
import { CARRIER_UNKNOWNS } from '../../src/simulator/carrier/carrier-unknowns.ts';
import { placeCall, type PlacedCall, type PlaceCallOptions } from '../../src/simulator/carrier/place-call.ts';
import { startRealtimeSimulator } from '../../src/simulator/realtime/simulator.ts';
import { readScenario } from '../../src/simulator/scenario.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { ToneSpeech } from '../support/tone-speech.ts';

const ADMIN_TOKEN = 'an-admin-token-of-tests';
const AUTH_TOKEN = 'the-auth-token-of-the-account';
/** Signatures are made over it: with a default port, as in production. */
const PUBLIC_URL = 'https://calls.callchart-test.example';
const PATIENCE_MS = 60_000;

/** Every answer to every question: the engine has to be right with each. */
const ANSWERS = CARRIER_UNKNOWNS.flatMap(({ id, answers }) =>
  answers.map(({ name, conduct }) => [id, name, conduct] as const),
);

let model: Awaited<ReturnType<typeof startRealtimeSimulator>>;
let engine: RunningEngine;
const folder = mkdtempSync(join(tmpdir(), 'callchart-unknowns-'));
beforeAll(async () => {
  model = await startRealtimeSimulator({
    ...{ speech: new ToneSpeech(), scenario: readScenario(), clock: systemClock },
    faults: { firstAudioAfterMs: 20 },
  });
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  const greeting = 'Acme, how can I help you?';
  writeFileSync(
    join(agents, 'default.json'),
    JSON.stringify({ id: 'default', business: { name: 'Acme' }, greeting }),
  );
  engine = await startLawfulEngine(
    readConfig({
      ...{ PORT: '0', PUBLIC_URL, ADMIN_TOKEN, TWILIO_AUTH_TOKEN: AUTH_TOKEN, LOG_LEVEL: 'fatal' },
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agents,
      OPENAI_REALTIME_URL: model.url,
      OPENAI_API_KEY: 'any',
    }),
  );
}, PATIENCE_MS);
afterAll(async () => {
  await engine.close();
  await model.close();
  rmSync(folder, { recursive: true });
});

let callers = 0;
/** A call by somebody who has not called before; what happens in it is answered by `react`. */
function dial(
  conduct: Partial<CarrierConduct>,
  react: (event: CarrierEvent, call: PlacedCall) => void,
  options: Partial<PlaceCallOptions> = {},
) {
  const told: CarrierEvent[] = [];
  const call = placeCall({
    ...{ url: engine.url, publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN, conduct, to: '+12025550100' },
    from: `+1202555${String(2000 + callers++)}`,
    voice: new CallerVoice(),
    tell: (event) => {
      told.push(event);
      react(event, call);
    },
    ...options,
  });
  return { call, told };
}

/** What the engine has on record of a call that is over. */
async function recordOf(callSid: string) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return vi.waitFor(
    async () => {
      const answer = await fetch(`${engine.url}/api/calls/${callSid}`, { headers });
      const record = (await answer.json()) as { state: string; endReason: string; isLive: boolean };
      expect(record).toMatchObject({ state: 'ended', isLive: false });
      return record;
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );
}

/** The names of what happened in a call. */
async function eventsOf(callSid: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const answer = await fetch(`${engine.url}/api/calls/${callSid}/events`, { headers });
  return ((await answer.json()) as { event: string }[]).map(({ event }) => event);
}

const refused = (told: readonly CarrierEvent[]) =>
  told.flatMap((event) =>
    event.type === 'carrier.alert' && event.alert.text.includes('403') ? [event] : [],
  );

describe('a carrier that nobody knows', () => {
  test.concurrent.each(ANSWERS)(
    'a caller hears the greeting and hangs up, where the answer to %s is "%s"',
    async (_id, _name, conduct) => {
      const { call, told } = dial(conduct, (event, placed) => {
        if (event.type === 'agent.audible') placed.hangUp();
      });
      expect(await call.ended).toMatchObject({ status: 'completed', by: 'caller' });
      expect(await recordOf(call.callSid)).toMatchObject({ endReason: 'caller_hung_up' });
      expect(refused(told)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.concurrent.each(ANSWERS)(
    'a call whose line breaks comes to an end on both sides, where the answer to %s is "%s"',
    async (_id, _name, conduct) => {
      let streams = 0;
      const { call, told } = dial(conduct, (event, placed) => {
        if (event.type === 'stream.attached') streams++;
        if (event.type !== 'agent.audible') return;
        // Where the engine goes on with the call, the caller does not.
        if (streams === 1) placed.breakLine();
        else placed.hangUp();
      });
      expect((await call.ended).status).toBe('completed');
      await recordOf(call.callSid);
      expect(refused(told)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.concurrent.each(ANSWERS.filter(([id]) => id === 'U3' || id === 'U8'))(
    'a call that a black hole swallows is noticed and comes to an end, where the answer to %s is "%s"',
    async (_id, _name, conduct) => {
      const { call } = dial(conduct, (event, placed) => {
        if (event.type === 'agent.audible') placed.blackOut();
      });
      await vi.waitFor(
        async () => {
          expect(await eventsOf(call.callSid)).toContain('phone.lost');
        },
        { timeout: PATIENCE_MS, interval: 250 },
      );
      call.hangUp();
      await call.ended;
      await recordOf(call.callSid);
    },
    PATIENCE_MS,
  );

  test.concurrent.each(ANSWERS.filter(([id]) => id === 'U2'))(
    'a call whose stream does not open comes to an end on both sides, where the answer to %s is "%s"',
    async (_id, _name, conduct) => {
      const openSocket = () => Promise.reject(new Error('Unexpected server response: 503'));
      const { call } = dial(conduct, () => undefined, { openSocket });
      await call.ended;
      await recordOf(call.callSid);
    },
    PATIENCE_MS,
  );
});
