import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { type CallerLine, placeLine } from '../support/caller-line.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';
import { WORKING_DAY } from '../support/working-day.ts';

/** What the caller heard and answered decides, in the whole engine, whether an effect is had. */

const PATIENCE_MS = 30_000;
const DETAILS = 'Advice for Eve at three in the afternoon. Shall I book it?';
const folder = mkdtempSync(join(tmpdir(), 'callchart-read-back-'));
let engine: RunningEngine;
let model: Awaited<ReturnType<typeof toolCallingModel>>;
let callers = 0;

beforeAll(async () => {
  model = await toolCallingModel();
  const profile = {
    id: 'default',
    business: {
      name: 'Acme',
      timezone: 'America/New_York',
      hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
      services: ['Advice'],
    },
    filler: 'none',
    readBack: 'required',
  };
  writeFileSync(join(folder, 'default.json'), JSON.stringify(profile));
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: 'file::memory:',
      AGENTS_DIR: folder,
      OPENAI_REALTIME_URL: model.url,
      OPENAI_API_KEY: 'any',
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

const line = () =>
  placeLine(`+1202555${String(2000 + ++callers)}`, {
    url: engine.url,
    publicUrl: engine.url.replace('127.0.0.1', 'localhost'),
    authToken: '',
    model,
  });

async function stored<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${engine.url}/api/${path}`)).json()) as Answer;
}

async function bookingsOf({ callSid }: CallerLine) {
  const { items } = await stored<{ items: { callSid: string }[] }>('bookings');
  return items.filter((booking) => booking.callSid === callSid);
}

let requests = 0;
/** The model asks for the appointment; the caller then hears what it says to the end, and that is on record. */
async function book(of: CallerLine, time: string): Promise<unknown> {
  const [answer] = await of.ask({
    id: `book_${String(++requests)}`,
    name: 'book_appointment',
    args: { name: 'Eve', service: 'Advice', date: WORKING_DAY, time },
  });
  await vi.waitFor(async () => {
    const turns = await stored<{ role: string; text: string }[]>(`calls/${of.callSid}/transcript`);
    expect(turns.findLast(({ role }) => role === 'agent')?.text).toBe(of.session.words);
  });
  return answer;
}

const REFUSED = { status: 'refused', reason: expect.stringContaining('Read the details back') as unknown };

test(
  'an appointment is made once the caller has heard its details and spoken',
  async () => {
    const caller = await line();
    caller.session.words = DETAILS;
    expect(await book(caller, '15:00')).toMatchObject(REFUSED);
    expect(await bookingsOf(caller)).toEqual([]);
    expect(await book(caller, '15:00')).toMatchObject({ status: 'ok' });
    expect(await bookingsOf(caller)).toHaveLength(1);
    await caller.hangUp();
  },
  PATIENCE_MS,
);

test(
  'an appointment of which the caller heard something else is not made',
  async () => {
    const caller = await line();
    caller.session.words = 'One moment, please.';
    expect(await book(caller, '10:00')).toMatchObject(REFUSED);
    expect(await book(caller, '10:00')).toMatchObject(REFUSED);
    expect(await bookingsOf(caller)).toEqual([]);
    await caller.hangUp();
  },
  PATIENCE_MS,
);

test(
  'an appointment at another time than was read back is not made',
  async () => {
    const caller = await line();
    caller.session.words = DETAILS;
    expect(await book(caller, '11:00')).toMatchObject(REFUSED);
    expect(await book(caller, '12:00')).toMatchObject(REFUSED);
    expect(await bookingsOf(caller)).toEqual([]);
    await caller.hangUp();
  },
  PATIENCE_MS,
);
