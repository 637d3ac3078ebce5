import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import type { CallRecord } from '../../src/services/storage/calls.port.ts';
import type { StoredEntry } from '../../src/protocol/call-feed.ts';
import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { startSimulatedModel } from '../../src/simulator/simulated-model.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { listeningProxy } from '../support/listening-proxy.ts';

interface Recording {
  readonly file: string;
  readonly text: string;
}

const folder = 'assets/recordings';
const recordings = JSON.parse(readFileSync(`${folder}/transcripts.json`, 'utf8')) as Recording[];
/** Real time, real sockets: a call takes some twenty seconds, and a busy machine longer. */
const PATIENCE_MS = 90_000;

const data = mkdtempSync(join(tmpdir(), 'callchart-'));
let engine: RunningEngine;
let proxy: Awaited<ReturnType<typeof listeningProxy>>;
let model: Awaited<ReturnType<typeof startSimulatedModel>>;

beforeAll(async () => {
  model = await startSimulatedModel(systemClock);
  proxy = await listeningProxy(model.url);
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(data, 'calls.sqlite')}`,
      OPENAI_REALTIME_URL: proxy.url,
      OPENAI_API_KEY: 'any',
      LOG_LEVEL: 'fatal',
    }),
  );
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await proxy.close();
  await model.close();
  rmSync(data, { recursive: true });
}, PATIENCE_MS);

const get = async <Body>(path: string) => (await (await fetch(`${engine.url}${path}`)).json()) as Body;

/** Each call is of another person: one has no more than three at once. */
let callers = 100;

/** Listens to the greeting, plays a recording, listens to the answer, hangs up. */
async function callWith(audio: Buffer): Promise<string> {
  const voice = new CallerVoice();
  let said = false;
  const call = placeCall({
    url: engine.url,
    to: '+12025550100',
    from: `+12025550${String(++callers)}`,
    voice,
    tell: ({ type }) => {
      if (type !== 'agent.quiet') return;
      if (said) call.hangUp();
      else void voice.say(audio);
      said = true;
    },
  });
  await call.ended;
  // The end is durable some milliseconds after the line is closed.
  await vi.waitFor(
    async () => {
      expect((await get<CallRecord>(`/api/calls/${call.callSid}`)).endedAt).not.toBeNull();
    },
    { timeout: 5000 },
  );
  return call.callSid;
}

describe.concurrent('a human recording, played to the engine', () => {
  test.each(recordings)(
    'a human recording of "$text" is heard, answered and written down',
    async ({ file, text }) => {
      const audio = readFileSync(`${folder}/${file}`);
      const callSid = await callWith(audio);

      const overheard = proxy.sessions.filter((session) => Buffer.concat(session.audio).includes(audio));
      expect(overheard, 'sessions that got the recording byte for byte').toHaveLength(1);

      const lines = await get<TranscriptLine[]>(`/api/calls/${callSid}/transcript`);
      expect(lines.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
      expect(lines[0]?.text).toBe('Hi, this is Harbour Street Dental, how can I help you?');
      expect(lines[1]?.text.toLowerCase()).toBe(text.toLowerCase());
      expect(lines[2]?.text).not.toBe('');

      const states = (await get<StoredEntry[]>(`/api/calls/${callSid}/events`)).map(({ state }) => state);
      expect(states.some((state) => state.startsWith('conversing.responding'))).toBe(true);
      expect(await get<CallRecord>(`/api/calls/${callSid}`)).toMatchObject({
        state: 'ended',
        endReason: 'caller_hung_up',
      });
    },
    PATIENCE_MS,
  );
});
