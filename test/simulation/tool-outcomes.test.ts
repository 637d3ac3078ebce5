import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import type { Booking, Lead, Message } from '../../src/protocol/stored-items.ts';
import { type CallerLine, placeLine } from '../support/caller-line.ts';
import { type Fate, type FakeTwilioRest, startFakeTwilioRest } from '../support/fake-twilio-rest.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** Real sockets and real waits: a tool has 8 s, and what it could not wait for is looked for after that. */
const PATIENCE_MS = 60_000;
const TOOL_MS = 8000;
const PERSON = '+12025550111';

const folder = mkdtempSync(join(tmpdir(), 'callchart-outcomes-'));
let engine: RunningEngine;
let twilio: FakeTwilioRest;
let model: Awaited<ReturnType<typeof toolCallingModel>>;
/** Numbers for which the REST API cannot be reached, and how often it was tried. */
const refused = new Map<string, number>();

interface Story {
  readonly line: CallerLine;
  readonly told: unknown[];
  /** What the model was told when it asked for the same once more. */
  readonly again: unknown[];
}

interface TextCase {
  readonly what: string;
  readonly fates: readonly Fate[] | 'refused' | 'refused at first';
  /** What the model is told. */
  readonly told: object;
  /** What it is told when it asks for the same again; the same unless it is said. */
  readonly again?: object;
  /** How the stored text ends. */
  readonly stored: string;
  /** How many texts the carrier has taken. */
  readonly taken: 0 | 1;
  /** How often it was asked to take one. */
  readonly sent?: number;
}

const sentence = (words: RegExp) => expect.stringMatching(words) as string;
const DONE = { status: 'ok', result: { status: 'queued', note: sentence(/^The carrier has the text\./) } };
const REFUSED = (reason: RegExp) => ({ status: 'refused', error: 'TOOL_REFUSED', reason: sentence(reason) });
const UNCERTAIN = { status: 'uncertain', reason: sentence(/^It is not certain .* do not send it again\.$/) };
const LATE = { status: 'timedOut', error: 'TOOL_TIMEOUT', reason: sentence(/may still happen/) };

const OPERATORS_FAULT = /cannot be sent at the moment/;
const CODES: readonly (readonly [number, RegExp, status?: number])[] = [
  [21211, /cannot be texted/],
  [21408, /to that country are not enabled/],
  [21606, OPERATORS_FAULT],
  [21608, OPERATORS_FAULT],
  [21610, /opted out .* Do not try again\.$/],
  [21612, /cannot be reached by text/],
  [21614, /not a mobile number/],
  [21617, /too long/],
  [21658, /too long/],
  [21659, OPERATORS_FAULT],
  [21660, OPERATORS_FAULT],
  [30003, OPERATORS_FAULT],
  [30004, OPERATORS_FAULT],
  [30005, OPERATORS_FAULT],
  [30006, OPERATORS_FAULT],
  [30007, OPERATORS_FAULT],
  [30008, OPERATORS_FAULT],
  [30034, OPERATORS_FAULT],
  [20003, OPERATORS_FAULT, 401],
  [20404, OPERATORS_FAULT, 404],
];
const NEVER: Fate[] = Array.from({ length: 20 }, () => ({ status: 429, code: 20429 }));

const TEXTS: readonly TextCase[] = [
  { what: 'all goes well', fates: [], told: DONE, stored: 'queued', taken: 1, sent: 1 },
  ...CODES.map(([code, reason, status = 400]): TextCase => ({
    what: `Twilio refuses it with ${String(status)} and ${String(code)}`,
    fates: [{ status, code }],
    told: REFUSED(reason),
    stored: 'failed',
    taken: 0,
    sent: 1,
  })),
  { what: '429 comes first', fates: [{ status: 429 }], told: DONE, stored: 'queued', taken: 1, sent: 2 },
  {
    what: '429 says to come back in 2 s',
    fates: [{ status: 429, retryAfter: '2' }],
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 2,
  },
  { what: '429 comes every time', fates: NEVER, told: LATE, stored: 'pending', taken: 0 },
  {
    what: '429 says to come back in an hour',
    fates: [{ status: 429, retryAfter: '3600' }],
    told: REFUSED(/did not take it/),
    stored: 'failed',
    taken: 0,
    sent: 1,
  },
  ...[500, 502, 503].map((status): TextCase => ({
    what: `Twilio fails with ${String(status)}`,
    fates: [{ status }],
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 2,
  })),
  {
    what: 'Twilio takes it and says 500',
    fates: [{ status: 500, done: true }],
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 1,
  },
  { what: 'the answer is garbage', fates: ['garbage'], told: DONE, stored: 'queued', taken: 1, sent: 1 },
  {
    what: 'Twilio sends it elsewhere',
    fates: ['redirect'],
    told: UNCERTAIN,
    stored: 'unknown',
    taken: 0,
    sent: 1,
  },
  {
    what: 'Twilio is silent',
    fates: ['silence'],
    told: LATE,
    again: UNCERTAIN,
    stored: 'unknown',
    taken: 0,
    sent: 1,
  },
  {
    what: 'Twilio takes it and is silent',
    fates: ['silence after accepting'],
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 1,
  },
  {
    what: 'the connection is lost after sending, and it was taken',
    fates: ['lost after accepting'],
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 1,
  },
  {
    what: 'the connection is lost after sending, and it was not taken',
    fates: ['lost before accepting'],
    told: UNCERTAIN,
    stored: 'unknown',
    taken: 0,
    sent: 1,
  },
  {
    what: 'the connection is refused at first',
    fates: 'refused at first',
    told: DONE,
    stored: 'queued',
    taken: 1,
    sent: 1,
  },
  {
    what: 'the connection is refused every time',
    fates: 'refused',
    told: LATE,
    stored: 'pending',
    taken: 0,
    sent: 0,
  },
];

const stories = new Map<string, Promise<Story>>();

beforeAll(async () => {
  twilio = await startFakeTwilioRest();
  model = await toolCallingModel();
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  writeFileSync(join(agents, 'default.json'), JSON.stringify(PROFILE));
  // A port at which nobody listens any more, for whom it may concern: the refusal is a real one.
  const gone = await startFakeTwilioRest();
  await gone.close();
  const deafUrl = gone.url;
  const reallyFetch = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation((target, options) => {
    const to = options?.body instanceof URLSearchParams ? (options.body.get('To') ?? '') : '';
    const left = refused.get(to) ?? 0;
    if (left === 0) return reallyFetch(target, options);
    refused.set(to, left - 1);
    return reallyFetch(deafUrl, options);
  });
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agents,
      OPENAI_REALTIME_URL: model.url,
      OPENAI_API_KEY: 'any',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_PHONE_NUMBER: '+12025550100',
      TWILIO_API_URL: twilio.url,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
  // All calls at once, so that their waits are one; each test looks at one of them.
  for (const [index, { what, fates }] of TEXTS.entries()) {
    const from = numberOf(index);
    if (fates === 'refused') refused.set(from, Number.POSITIVE_INFINITY);
    else if (fates === 'refused at first') refused.set(from, 2);
    else twilio.nextFor(from, ...fates);
    const story = textStory(await lineOf(from), what);
    story.catch(() => undefined);
    stories.set(what, story);
  }
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await model.close();
  await twilio.close();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

const PROFILE = {
  id: 'default',
  business: { name: 'Acme', timezone: 'America/New_York', services: ['Advice'] },
  escalation: { phoneNumber: PERSON },
  filler: 'none',
  limits: {
    maxCallMs: 600_000,
    idleMs: 120_000,
    toolTimeoutMs: TOOL_MS,
    maxTurnMs: 60_000,
    minSpeechMs: 400,
  },
};

const numberOf = (index: number) => `+1202555${String(2000 + index)}`;

function lineOf(from: string): Promise<CallerLine> {
  const publicUrl = engine.url.replace('127.0.0.1', 'localhost');
  const { authToken } = twilio;
  return placeLine(from, { url: engine.url, publicUrl, authToken, rest: twilio, model });
}

async function textStory(line: CallerLine, body: string): Promise<Story> {
  const told = await line.ask({ id: 'first', name: 'send_sms', args: { body } });
  const again = await line.ask({ id: 'second', name: 'send_sms', args: { body } });
  return { line, told, again };
}

async function stored<Thing>(path: string): Promise<Thing[]> {
  const response = await fetch(`${engine.url}/api/${path}?limit=200`);
  return ((await response.json()) as { items: Thing[] }).items;
}

async function textTo(from: string): Promise<Message[]> {
  return (await stored<Message>('messages')).filter(({ to }) => to === from);
}

describe('a text', () => {
  test.each(TEXTS)(
    'a text is told once, and sent once at most, when $what',
    async (theCase) => {
      const { what, told, taken, sent } = theCase;
      const story = await stories.get(what);
      if (story === undefined) throw new Error('nobody called');
      const { line, again } = story;
      expect(story.told).toMatchObject([told]);
      // It is the same, told again, or nothing new where nothing was done.
      expect(again).toMatchObject([theCase.again ?? told]);
      expect(line.session.outputs.map(({ callId }) => callId)).toEqual(['first', 'second']);
      // The numbers are the carrier's and the caller's: nobody says them.
      expect(JSON.stringify(line.session.outputs)).not.toContain('+1');

      const ofThis = (text: { to: string }) => text.to === line.from;
      await vi.waitFor(
        async () => {
          expect((await textTo(line.from)).map(({ status }) => status)).toEqual([theCase.stored]);
        },
        { timeout: 20_000, interval: 250 },
      );
      expect(twilio.messages.filter(ofThis)).toHaveLength(taken);
      const posts = twilio.requests.filter(
        ({ method, form }) => method === 'POST' && form.get('To') === line.from,
      );
      if (sent !== undefined) expect(posts).toHaveLength(sent);
      await line.hangUp();
    },
    PATIENCE_MS,
  );
});

/** A day next week, in the words of the business. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('the other tools', () => {
  test(
    'a lead, and what is free, are told in one breath',
    async () => {
      const line = await lineOf(numberOf(900));
      const told = await line.ask(
        { id: 'lead', name: 'create_lead', args: { name: 'Ann' } },
        { id: 'free', name: 'check_availability', args: { date: day(9), time: '10:00' } },
      );
      expect(told).toHaveLength(2);
      expect(told).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            status: 'ok',
            result: expect.objectContaining({ name: 'Ann', hasNumber: true }) as object,
          }),
          expect.objectContaining({
            status: 'ok',
            result: expect.objectContaining({ isFree: true }) as object,
          }),
        ]),
      );
      const again = await line.ask({ id: 'lead again', name: 'create_lead', args: { name: 'Ann' } });
      expect(again).toMatchObject([{ status: 'ok', repeated: true }]);
      expect((await stored<Lead>('leads')).filter(({ callSid }) => callSid === line.callSid)).toHaveLength(1);
      expect(line.session.outputs).toHaveLength(3);
      await line.hangUp();
    },
    PATIENCE_MS,
  );

  test(
    'an appointment is booked once, moved once and cancelled once',
    async () => {
      const line = await lineOf(numberOf(901));
      const slot = { date: day(8), time: '14:00' };
      const moved = { date: day(9), time: '15:00' };
      const asks = {
        book: { name: 'book_appointment', args: { name: 'Ann', service: 'Advice', ...slot } },
        move: { name: 'reschedule_appointment', args: { ...slot, newDate: moved.date, newTime: moved.time } },
        cancel: { name: 'cancel_appointment', args: moved },
      };
      const ofCall = async () =>
        (await stored<Booking>('bookings'))
          .filter(({ callSid }) => callSid === line.callSid)
          .map(({ status }) => status);
      const after: Record<string, string[]> = {
        book: ['confirmed'],
        move: ['confirmed', 'rescheduled'],
        cancel: ['cancelled', 'rescheduled'],
      };
      for (const [id, ask] of Object.entries(asks)) {
        expect(await line.ask({ id, ...ask })).toMatchObject([{ status: 'ok' }]);
        expect(await line.ask({ id: `${id} again`, ...ask })).toMatchObject([
          { status: 'ok', repeated: true },
        ]);
        expect((await ofCall()).sort()).toEqual(after[id]);
      }
      expect(line.session.outputs).toHaveLength(6);
      await line.hangUp();
    },
    PATIENCE_MS,
  );

  test(
    'of two calls that want one time, one gets it, and the other is told what is free',
    async () => {
      const lines = [await lineOf(numberOf(902)), await lineOf(numberOf(903))];
      const ask = {
        name: 'book_appointment',
        args: { name: 'Ann', service: 'Advice', date: day(10), time: '11:00' },
      };
      const told = (await Promise.all(lines.map((line) => line.ask(ask)))).flat();
      expect(told).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ status: 'ok' }),
          expect.objectContaining({ status: 'refused', reason: sentence(/taken/) }),
        ]),
      );
      for (const line of lines) await line.hangUp();
    },
    PATIENCE_MS,
  );

  test(
    'a transfer goes to the person of the profile, is told once, and the agent answers when nobody does',
    async () => {
      const line = await lineOf(numberOf(904));
      const told = await line.ask({ name: 'escalate_to_human', args: {} });
      expect(told).toMatchObject([{ status: 'ok', result: { transferring: true } }]);
      await vi.waitFor(() => {
        expect(line.dialled).toEqual([PERSON]);
      }, PATIENCE_MS);
      expect(line.session.outputs).toHaveLength(1);
      await line.hangUp();
    },
    PATIENCE_MS,
  );

  test(
    'a goodbye ends the call',
    async () => {
      const line = await lineOf(numberOf(905));
      void line.ask({ name: 'end_call', args: {} });
      expect(await line.ended).toMatchObject({ status: 'completed', by: 'engine' });
      expect(line.session.outputs.map(({ output }) => JSON.parse(output) as unknown)).toMatchObject([
        { status: 'ok', result: { ending: true } },
      ]);
    },
    PATIENCE_MS,
  );
});
