import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type RunningEngine, startEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../src/simulator/carrier/carrier-events.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { LoneVoice } from '../../src/simulator/speech/lone-voice.ts';

/** A whole engine without a key: real threads, real sockets, real time. */
const PATIENCE_MS = 90_000;
const folder = mkdtempSync(join(tmpdir(), 'callchart-typed-'));
const voice = new LoneVoice();
let engine: RunningEngine;

beforeAll(async () => {
  const business = { name: 'Acme', hours: [{ days: ['mon'], from: '09:00', to: '17:00' }] };
  writeFileSync(join(folder, 'default.json'), JSON.stringify({ id: 'default', business, filler: 'none' }));
  engine = await startEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: 'file::memory:',
      AGENTS_DIR: folder,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await voice.close();
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

test(
  'what a caller typed is answered word for word, whatever is heard, and the profile answers',
  async () => {
    // Nobody who only listens can make "Zoë Quill" of this.
    const audio = await voice.say('Hello there, good morning.');
    const typed = ['My name is Zoë Quill-Ramsey.', 'Are you open on Sunday?'];
    const mouth = new CallerVoice();
    let isCallerHeard = true;
    const next = (event: CarrierEvent) => {
      if (event.type === 'caller.quiet') isCallerHeard = true;
      if (event.type !== 'agent.quiet' || !isCallerHeard) return;
      isCallerHeard = false;
      const words = typed.shift();
      if (words === undefined) call.hangUp();
      else void mouth.say(audio, words);
    };
    const call = placeCall({
      url: engine.url,
      to: '+12025550100',
      from: '+12025550123',
      voice: mouth,
      tell: (event) => {
        next(event);
      },
    });
    await call.ended;

    const read = async (path: string) => (await fetch(`${engine.url}/api/${path}`)).json();
    const lines = (await read(`calls/${call.callSid}/transcript`)) as { role: string; text: string }[];
    expect(lines.filter(({ role }) => role === 'caller').map(({ text }) => text)).toEqual([
      'My name is Zoë Quill-Ramsey.',
      'Are you open on Sunday?',
    ]);
    expect(lines.filter(({ role }) => role === 'agent').at(-1)?.text).toBe(
      'On Sunday we are closed. We are open Monday from 9 AM to 5 PM.',
    );
    const { items } = (await read('leads')) as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual(['Zoë Quill-Ramsey']);
  },
  PATIENCE_MS,
);
