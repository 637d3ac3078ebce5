import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import twilioLibrary from 'twilio';
import { callStatusForm, voiceForm, type WebhookForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { readConfig } from '../../src/config.ts';
import type { RunningEngine } from '../../src/server.ts';
import { type FakeTwilioRest, startFakeTwilioRest } from '../support/fake-twilio-rest.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

const OWN = '+12025550100';
const CALLEE = '+12025550123';

const folder = mkdtempSync(join(tmpdir(), 'callchart-outbound-'));
let engine: RunningEngine;
/** The same again: so many calls in a minute are too many for one. */
let second: RunningEngine;
let twilio: FakeTwilioRest;
let model: Awaited<ReturnType<typeof toolCallingModel>>;

const settings = () => ({
  PORT: '0',
  DATABASE_URL: 'file::memory:',
  AGENTS_DIR: folder,
  OPENAI_REALTIME_URL: model.url,
  OPENAI_API_KEY: 'any',
  LOG_LEVEL: 'fatal',
  DRAIN_MS: '0',
});

beforeAll(async () => {
  twilio = await startFakeTwilioRest();
  model = await toolCallingModel();
  mkdirSync(folder, { recursive: true });
  for (const [id, name, countries] of [
    ['default', 'Acme', undefined],
    ['reminders', 'Acme Reminders', undefined],
    ['abroad', 'Acme Abroad', ['GB']],
  ] as const) {
    writeFileSync(join(folder, `${id}.json`), JSON.stringify({ id, business: { name }, countries }));
  }
  engine = await startWith();
  second = await startWith();
});

const startWith = (more: Record<string, string> = {}) =>
  startLawfulEngine(
    readConfig({
      ...settings(),
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_PHONE_NUMBER: OWN,
      TWILIO_API_URL: twilio.url,
      ...more,
    }),
  );

afterAll(async () => {
  await engine.close();
  await second.close();
  await model.close();
  await twilio.close();
  rmSync(folder, { recursive: true });
});

let keys = 0;
let key: string;
beforeEach(() => {
  key = `key-${String(++keys)}`;
});

interface Reply {
  readonly status: number;
  readonly location: string | null;
  /** Seconds; 0 when it is not told. */
  readonly retryAfter: number;
  readonly json: Readonly<Record<string, unknown>>;
}

async function place(body: object, url = engine.url): Promise<Reply> {
  const response = await fetch(`${url}/api/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const json = (await response.json()) as Reply['json'];
  const { status, headers } = response;
  return { status, location: headers.get('location'), retryAfter: Number(headers.get('retry-after')), json };
}

const recordOf = async (callSid: string) =>
  (await (await fetch(`${engine.url}/api/calls/${callSid}`)).json()) as Record<string, unknown>;

/** What the carrier was asked for last. */
const asked = () => {
  const form = twilio.requests.findLast(
    ({ method, path }) => method === 'POST' && path.endsWith('/Calls.json'),
  )?.form;
  if (form === undefined) throw new Error('no call was asked for');
  return { url: form.get('Url') ?? '', statusUrl: form.get('StatusCallback') ?? '', form };
};

/** The carrier asks, or tells, at a URL that it was given. */
async function carrierPosts(url: string, form: WebhookForm): Promise<string> {
  const signature = twilioLibrary.getExpectedTwilioSignature(twilio.authToken, url, form);
  const { pathname, search } = new URL(url);
  const response = await fetch(`${engine.url}${pathname}${search}`, {
    method: 'POST',
    headers: { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form),
  });
  expect(response.status).toBe(200);
  return response.text();
}

const legOf = (callSid: string) =>
  ({ callSid, accountSid: twilio.accountSid, from: OWN, to: CALLEE, direction: 'outbound-api' }) as const;

describe('a call that is placed', () => {
  test('a call that is placed is on record as soon as the carrier has it, and its agent is there when somebody answers', async () => {
    const placed = await place({ to: CALLEE, agentId: 'reminders' });
    const { sid } = twilio.calls[0] ?? { sid: '' };
    expect(placed).toMatchObject({
      status: 201,
      location: `/api/calls/${sid}`,
      json: {
        callSid: sid,
        agentId: 'reminders',
        direction: 'outbound',
        from: OWN,
        to: CALLEE,
        state: 'connecting',
      },
    });
    const twiml = await carrierPosts(asked().url, voiceForm(legOf(sid), 'in-progress'));
    expect(twiml).toContain('<Stream');
    expect(await recordOf(sid)).toMatchObject({ agentId: 'reminders', direction: 'outbound', isLive: true });
  });

  test('a call that is placed goes to the countries that the profile of its agent names, and to no other', async () => {
    const british = '+442079460123';
    expect(await place({ to: british, agentId: 'abroad' }, second.url)).toMatchObject({
      status: 201,
      json: { to: british },
    });
    const before = twilio.requests.length;
    key = `${key}-home`;
    expect((await place({ to: CALLEE, agentId: 'abroad' }, second.url)).status).toBe(403);
    expect(twilio.requests.length).toBe(before);
  });

  test('a call that is placed is one call, however often its key is repeated', async () => {
    const before = twilio.calls.length;
    const [one, other] = await Promise.all([place({ to: CALLEE }), place({ to: CALLEE })]);
    const third = await place({ to: CALLEE });
    expect([one.status, other.status, third.status]).toEqual([201, 201, 201]);
    expect(new Set([one, other, third].map(({ json }) => json['callSid'])).size).toBe(1);
    expect(twilio.calls.length).toBe(before + 1);
  });

  test('a call that is placed is looked up when its answer was lost, and not placed twice', async () => {
    const before = twilio.calls.length;
    twilio.next('lost after accepting');
    const placed = await place({ to: CALLEE });
    expect(placed).toMatchObject({ status: 201, json: { callSid: twilio.calls[0]?.sid } });
    expect(twilio.calls.length).toBe(before + 1);
  });

  test.each([
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['canceled', 'no_answer'],
    ['failed', 'failed'],
  ] as const)(
    'a placed call that ends with %s before anybody answered has ended with %s',
    async (status, endReason) => {
      const { json } = await place({ to: CALLEE });
      const callSid = String(json['callSid']);
      const last = callStatusForm(legOf(callSid), status, { sequence: 2 });
      await carrierPosts(asked().statusUrl, last);
      // Twice, and out of order, as callbacks come.
      await carrierPosts(asked().statusUrl, callStatusForm(legOf(callSid), 'ringing', { sequence: 1 }));
      await carrierPosts(asked().statusUrl, last);
      expect(await recordOf(callSid)).toMatchObject({ state: 'ended', endReason });
    },
  );

  test('a call that is placed is proved by its status callback when the carrier answered nothing and lists nothing', async () => {
    const before = asked().statusUrl;
    twilio.next('lost before accepting');
    const waiting = place({ to: CALLEE });
    await vi.waitFor(() => {
      expect(asked().statusUrl).not.toBe(before);
    });
    await carrierPosts(asked().statusUrl, callStatusForm(legOf(`CA${'7'.repeat(32)}`), 'ringing'));
    expect(await waiting).toMatchObject({ status: 201, json: { callSid: `CA${'7'.repeat(32)}` } });
  });
});

describe('a call that is refused', () => {
  test.each([
    ['premium', '+19005551234', 403],
    ['of another country', '+442079460123', 403],
    ['satellite', '+881612345678', 403],
    ['no number', '911', 400],
    ['with an extension', '+12025550123;ext=9', 400],
  ])('a call that is refused because its number is %s costs nothing', async (_what, to, status) => {
    const before = twilio.requests.length;
    expect((await place({ to }, second.url)).status).toBe(status);
    expect(twilio.requests.length).toBe(before);
  });

  test('a call that is refused because no agent has the id says so', async () => {
    const reply = await place({ to: CALLEE, agentId: 'nobody' }, second.url);
    expect(reply).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('agentId') as unknown },
    });
  });

  test('a call that is refused by the carrier says why, in the engine’s words', async () => {
    twilio.next({ status: 400, code: 13227 });
    const reply = await place({ to: CALLEE }, second.url);
    expect(reply).toMatchObject({
      status: 503,
      json: { detail: expect.stringContaining('Calls to that country are not enabled.') as unknown },
    });
    expect(JSON.stringify(reply.json)).not.toContain('+1');
  });

  test('a call that is refused because its number is blocked costs nothing', async () => {
    const blocked = '+12025550199';
    await fetch(`${second.url}/api/blocked/${blocked}`, { method: 'PUT' });
    const before = twilio.requests.length;
    expect(await place({ to: blocked }, second.url)).toMatchObject({
      status: 403,
      json: { detail: 'to: the number is blocked' },
    });
    expect(twilio.requests.length).toBe(before);
  });

  test.each([
    ['MAX_PLACED_CALLS_PER_DAY', 'the daily limit of placed calls is reached'],
    ['MAX_CALLS_PER_DAY', 'the daily limit of calls is reached'],
  ])(
    'a call that is refused because of %s says so, and the same key still tells of the call that it placed',
    async (name, detail) => {
      const small = await startWith({ [name]: '1' });
      try {
        const placed = await place({ to: CALLEE }, small.url);
        expect(placed.status).toBe(201);
        const first = key;
        key = `${key}-more`;
        const before = twilio.requests.length;
        const reply = await place({ to: CALLEE }, small.url);
        expect(reply).toMatchObject({ status: 429, json: { type: 'RATE_LIMITED', detail } });
        expect(reply.retryAfter).toBeGreaterThan(0);
        expect(reply.retryAfter).toBeLessThanOrEqual(86_400);
        expect(twilio.requests.length).toBe(before);
        key = first;
        expect(await place({ to: CALLEE }, small.url)).toMatchObject({ status: 201, json: placed.json });
      } finally {
        await small.close();
      }
    },
  );

  test('a call that is refused by an engine without an account names what is missing', async () => {
    const bare = await startLawfulEngine(readConfig(settings()));
    try {
      const reply = await place({ to: CALLEE }, bare.url);
      expect(reply).toMatchObject({
        status: 503,
        json: { detail: expect.stringContaining('account') as unknown },
      });
    } finally {
      await bare.close();
    }
  });
});
