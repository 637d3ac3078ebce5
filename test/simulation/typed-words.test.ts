import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallerManners } from '../../src/cli/caller-manners.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { LoneVoice } from '../../src/simulator/speech/lone-voice.ts';
import { hurried } from '../support/hurried-clock.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';

/** A whole engine without a key, real threads and sockets; what takes a caller a minute takes twenty seconds here. */
const clock = hurried(3);
const PATIENCE_MS = 90_000;
const folder = mkdtempSync(join(tmpdir(), 'callchart-typed-'));
const voice = new LoneVoice();
let engine: RunningEngine;

beforeAll(async () => {
  const business = { name: 'Acme', hours: [{ days: ['mon'], from: '09:00', to: '17:00' }] };
  writeFileSync(join(folder, 'default.json'), JSON.stringify({ id: 'default', business, filler: 'none' }));
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: 'file::memory:',
      AGENTS_DIR: folder,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
    clock,
  );
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await voice.close();
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

/** Places a call with the manners of a caller: a line after each answer, and hanging up after the last. */
async function typedCall(lines: readonly string[]): Promise<string> {
  // Nobody who only listens can make anything else of this.
  const audio = await voice.say('Hello there, good morning.');
  const mouth = new CallerVoice();
  const call = placeCall({
    url: engine.url,
    to: '+12025550100',
    from: '+12025550123',
    voice: mouth,
    clock,
    tell: (event) => {
      turns.take(event);
    },
  });
  const turns = new CallerManners({
    clock,
    lines: lines.map((text) => ({ kind: 'speak', text, audio, bargeIn: false })),
    speak: (words, typed) => mouth.say(words, typed),
    press: () => undefined,
    hangUp: () => {
      call.hangUp();
    },
    isAgentBusy: () => false,
  });
  await call.ended;
  return call.callSid;
}

const read = async (path: string) => (await fetch(`${engine.url}/api/${path}`)).json();

test(
  'what a caller typed is answered word for word, whatever is heard, and the profile answers',
  async () => {
    const callSid = await typedCall(['My name is Zoë Quill-Ramsey.', 'Are you open on Sunday?']);
    const lines = (await read(`calls/${callSid}/transcript`)) as { role: string; text: string }[];
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

test(
  'an appointment is really moved and cancelled, in the diary of the engine',
  async () => {
    await typedCall([
      'I want to book an appointment for Monday at 10 am',
      'Please move my appointment on Monday at 10 am to Monday at 3 pm',
      'Cancel my appointment on Monday at 3 pm',
    ]);
    const { items } = (await read('bookings')) as { items: { status: string; startsAt: string }[] };
    const told = items.map(({ status, startsAt }) => `${startsAt.slice(11, 16)} ${status}`).sort();
    expect(told).toEqual(['10:00 rescheduled', '15:00 cancelled']);
  },
  PATIENCE_MS,
);
