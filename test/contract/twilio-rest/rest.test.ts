import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CARRIER_UNKNOWNS } from '../../../src/simulator/carrier/carrier-unknowns.ts';
import { createTwilioRest, type TwilioRest } from '../../../src/services/twilio/rest/rest.ts';
import { TwilioRestError } from '../../../src/services/twilio/rest/rest-error.ts';
import { type Fate, type FakeTwilioRest, startFakeTwilioRest } from '../../support/fake-twilio-rest.ts';

const FROM = '+12025550100';
const TO = '+12025550123';
const CALL = `CA${'1'.repeat(32)}`;

let twilio: FakeTwilioRest;
let rest: TwilioRest;
beforeEach(async () => {
  twilio = await startFakeTwilioRest();
  twilio.carry(CALL);
  rest = restAt(twilio.url);
});
afterEach(() => twilio.close());

const restAt = (apiUrl: string, more: { authToken?: string; timeoutMs?: number } = {}) =>
  createTwilioRest({
    apiUrl,
    accountSid: twilio.accountSid,
    authToken: twilio.authToken,
    fromNumber: FROM,
    timeoutMs: 2000,
    retryDelaysMs: [1, 1],
    ...more,
  });

const text = { to: TO, body: 'See you & yours\non Thursday – 100 %' };

/** What was thrown, as a refusal of the REST API. */
async function refusalOf(asked: Promise<unknown>): Promise<TwilioRestError> {
  const thrown: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof TwilioRestError))
    throw new Error('a TwilioRestError was expected', { cause: thrown });
  return thrown;
}

describe('requests', () => {
  test('a text is a form with the number of the engine, and comes back with its SID', async () => {
    const sent = await rest.sendMessage({
      ...text,
      statusCallback: 'https://engine.test/twilio/status?k=m1',
    });
    expect(sent).toEqual({ sid: twilio.messages[0]?.sid, status: 'queued' });
    const [request] = twilio.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`,
      contentType: expect.stringMatching(/^application\/x-www-form-urlencoded/) as string,
    });
    expect([...(request?.form ?? [])]).toEqual([
      ['To', TO],
      ['From', FROM],
      ['Body', text.body],
      ['StatusCallback', 'https://engine.test/twilio/status?k=m1'],
    ]);
  });

  test('a call is placed with its callbacks', async () => {
    const placed = await rest.createCall({
      to: TO,
      url: 'https://engine.test/twilio/voice',
      statusCallback: 'https://engine.test/twilio/status',
      ringSeconds: 25,
      limitSeconds: 1800,
    });
    expect(placed.sid).toMatch(/^CA[0-9a-f]{32}$/);
    const form = twilio.requests[0]?.form;
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      To: TO,
      From: FROM,
      Url: 'https://engine.test/twilio/voice',
      StatusCallback: 'https://engine.test/twilio/status',
      Timeout: '25',
      TimeLimit: '1800',
    });
    expect(form?.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed']);
  });

  test('a call is ended by its SID, and no SID reaches another path', async () => {
    await rest.completeCall(CALL);
    expect(await refusalOf(rest.completeCall('../Messages'))).toMatchObject({ twilioCode: 20404 });
    expect(
      twilio.requests.map(({ path, form }) => [path.split('/').slice(4).join('/'), form.toString()]),
    ).toEqual([
      [`Calls/${CALL}.json`, 'Status=completed'],
      ['Calls/..%2FMessages.json', 'Status=completed'],
    ]);
  });

  test('texts are found by number and time', async () => {
    const since = Date.now();
    await rest.sendMessage(text);
    await rest.sendMessage({ to: '+12025550199', body: 'other' });
    expect(await rest.findMessages(TO, since)).toMatchObject([
      { sid: twilio.messages[1]?.sid, body: text.body },
    ]);
    expect(await rest.findMessages(TO, since + 5000)).toEqual([]);
  });

  test('calls are found by number and time', async () => {
    const since = Date.now();
    const url = 'https://engine.test/v';
    const { sid } = await rest.createCall({ to: TO, url, statusCallback: url });
    await rest.createCall({ to: '+12025550199', url, statusCallback: url });
    expect(await rest.findCalls(TO, since)).toMatchObject([{ sid, status: 'queued' }]);
    expect(await rest.findCalls(TO, since + 5000)).toEqual([]);
  });

  test('a base URL may end with a slash', async () => {
    await restAt(`${twilio.url}/`).sendMessage(text);
    expect(twilio.messages).toHaveLength(1);
  });
});

describe('ending a call', () => {
  test('ending a call at Twilio that is over already is a success', async () => {
    await rest.completeCall(CALL);
    await expect(rest.completeCall(CALL)).resolves.toBeUndefined();
    twilio.next({ status: 400, code: 21220 });
    await expect(rest.completeCall(CALL)).resolves.toBeUndefined();
  });

  test.each<[string, Fate]>([
    ['a connection lost', 'lost before accepting'],
    ['a failure at Twilio', { status: 503 }],
    ['too many requests', { status: 429, code: 20429 }],
    ['an answer that cannot be read', 'garbage'],
  ])('ending a call at Twilio is tried again after %s', async (_what, fate) => {
    twilio.next(fate);
    await rest.completeCall(CALL);
    expect(twilio.requests).toHaveLength(2);
  });

  test('ending a call at Twilio is given up after three attempts', async () => {
    twilio.next({ status: 500 }, { status: 500 }, { status: 500 });
    expect(await refusalOf(rest.completeCall(CALL))).toMatchObject({ code: 'TWILIO_REST', httpStatus: 500 });
    expect(twilio.requests).toHaveLength(3);
  });
});

describe('leading a call elsewhere', () => {
  const url = 'https://engine.test/twilio/after-stream?epoch=2';

  test('leading a call elsewhere names the URL and asks by POST', async () => {
    const led: object[] = [];
    twilio.carry(CALL, (change) => led.push(change));
    expect(await rest.redirectCall(CALL, url)).toBe('redirected');
    expect(led).toEqual([{ url }]);
    const [request] = twilio.requests;
    expect(request?.path).toBe(`/2010-04-01/Accounts/${twilio.accountSid}/Calls/${CALL}.json`);
    expect([...(request?.form ?? [])]).toEqual([
      ['Url', url],
      ['Method', 'POST'],
    ]);
  });

  test('leading a call elsewhere that is over answers so, and asks once', async () => {
    twilio.callEnded(CALL);
    expect(await rest.redirectCall(CALL, url)).toBe('over');
    expect(twilio.requests).toHaveLength(1);
  });

  test.each(
    CARRIER_UNKNOWNS.filter(({ id }) => id === 'U10').flatMap(({ answers }) =>
      answers.map(({ name, conduct }) => [name, conduct] as const),
    ),
  )(
    'leading three calls elsewhere works with an account whose updates in a second are %s',
    async (_name, conduct) => {
      let time = 0;
      const account = await startFakeTwilioRest(0, { ...conduct, now: () => time });
      account.hold = (step) => {
        if (step === 'arrived') time += 600;
      };
      const calls = ['1', '2', '3'].map((digit) => `CA${digit.repeat(32)}`);
      for (const call of calls) account.carry(call);
      const patient = restAt(account.url);
      for (const call of calls) expect(await patient.redirectCall(call, url)).toBe('redirected');
      expect(account.requests).toHaveLength(conduct.updatesPerSecond === undefined ? 3 : 5);
      await account.close();
    },
  );

  test('leading a call elsewhere is tried again when Twilio has too much to do, and refused for what it does not know', async () => {
    twilio.next({ status: 429, code: 20429 });
    expect(await rest.redirectCall(CALL, url)).toBe('redirected');
    expect(twilio.requests).toHaveLength(2);
    expect(await refusalOf(rest.redirectCall(`CA${'2'.repeat(32)}`, url))).toMatchObject({
      twilioCode: 20404,
    });
  });
});

describe('sending a text, in one attempt', () => {
  test.each<[string, Fate]>([
    ['the connection is lost after Twilio took it', 'lost after accepting'],
    ['the connection is lost before Twilio took it', 'lost before accepting'],
    ['Twilio fails', { status: 500 }],
    ['Twilio is overloaded', { status: 503 }],
    ['the answer cannot be read', 'garbage'],
    ['it is sent elsewhere', 'redirect'],
  ])('sending a text is not tried again when %s: nobody knows', async (_what, fate) => {
    twilio.next(fate);
    expect((await refusalOf(rest.sendMessage(text))).happened).toBe('unknown');
    expect(twilio.requests).toHaveLength(1);
  });

  test.each<[string, (response: ServerResponse) => unknown]>([
    ['is 20,000 deep', (response) => response.end('['.repeat(20_000) + ']'.repeat(20_000))],
    ['has no SID', (response) => response.end('{"status":"queued"}')],
    ['is packed, and is not', (response) => response.setHeader('Content-Encoding', 'gzip').end('{}')],
    [
      'is cut short',
      (response) => response.writeHead(201, { 'Content-Length': 20 }).write('{"', () => response.destroy()),
    ],
    ['has no end', (response) => response.end(Buffer.alloc(3_000_000, ' '))],
    ['is no HTTP', (response) => response.socket?.end('HTTP/1.1 201 Created\r\nContent-Length: x\r\n\r\n{}')],
    [
      'switches protocols',
      (response) =>
        response.socket?.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        ),
    ],
  ])('sending a text may have happened when the answer %s', async (_what, answer) => {
    twilio.next({ answer });
    expect((await refusalOf(rest.sendMessage(text))).happened).toBe('unknown');
    twilio.next({ answer });
    const call = { to: TO, url: 'https://engine.test/v', statusCallback: 'https://engine.test/s' };
    expect((await refusalOf(rest.createCall(call))).happened).toBe('unknown');
    expect(twilio.requests).toHaveLength(2);
  });

  test('sending a text may have happened when Twilio does not answer', async () => {
    twilio.next('silence');
    const impatient = restAt(twilio.url, { timeoutMs: 50 });
    expect((await refusalOf(impatient.sendMessage(text))).happened).toBe('unknown');
    expect(twilio.requests).toHaveLength(1);
  });

  test.each<[string, () => Fate, number | undefined]>([
    ['nothing', () => ({ status: 429, code: 20429 }), undefined],
    ['a number of seconds', () => ({ status: 429, retryAfter: '7' }), 7000],
    ['a date', () => ({ status: 503, retryAfter: new Date(Date.now() + 90_000).toUTCString() }), 90_000],
    ['nonsense', () => ({ status: 429, retryAfter: 'soon' }), undefined],
    ['a date that is over', () => ({ status: 429, retryAfter: 'Thu, 01 Jan 1970 00:00:00 GMT' }), 0],
  ])('sending a text reports how long Twilio wants to be left alone, by %s', async (_what, fate, ms) => {
    twilio.next(fate());
    const refusal = await refusalOf(rest.sendMessage(text));
    expect(twilio.requests).toHaveLength(1);
    expect(refusal.happened).toBe(refusal.httpStatus === 429 ? 'no' : 'unknown');
    if (ms === undefined) expect(refusal.retryAfterMs).toBeUndefined();
    else expect(Math.abs((refusal.retryAfterMs ?? -1) - ms)).toBeLessThan(2000);
  });

  test('sending a text has certainly not happened when nothing listens', async () => {
    const refusal = await refusalOf(restAt(await closedPort()).sendMessage(text));
    expect(refusal).toMatchObject({ code: 'TWILIO_REST', happened: 'no', httpStatus: undefined });
  });

  test.each([
    [400, 21610],
    [400, 21211],
    [401, 20003],
    [404, 20404],
  ])(
    'sending a text is refused for good with HTTP %i and code %i, in words without a number',
    async (status, code) => {
      twilio.next({ status, code });
      const refusal = await refusalOf(rest.sendMessage(text));
      expect(refusal).toMatchObject({
        code: 'TWILIO_REST',
        twilioCode: code,
        httpStatus: status,
        happened: 'no',
      });
      expect(refusal.message).toContain(String(code));
      expect(refusal.message).not.toContain('+1');
      expect(twilio.requests).toHaveLength(1);
    },
  );

  test('sending a text with other credentials is refused, and no message holds them', async () => {
    const refusal = await refusalOf(restAt(twilio.url, { authToken: 'of-another' }).sendMessage(text));
    expect(refusal).toMatchObject({ httpStatus: 401, twilioCode: 20003, happened: 'no' });
    expect(refusal.message).not.toContain('of-another');
  });
});

test('placing a call is tried once when nobody knows what became of it', async () => {
  twilio.next('lost after accepting');
  const placing = rest.createCall({
    to: TO,
    url: 'https://engine.test/v',
    statusCallback: 'https://engine.test/s',
  });
  expect((await refusalOf(placing)).happened).toBe('unknown');
  expect(twilio.requests).toHaveLength(1);
});

/** A URL where nobody listens: a port that was free a moment ago. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
}
