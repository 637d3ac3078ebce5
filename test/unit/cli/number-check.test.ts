import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkNumber } from '../../../src/cli/number-check.ts';

const PUBLIC_URL = 'https://calls.example.com';
const NUMBER = '+12025550100';
const GOOD = {
  voice_url: `${PUBLIC_URL}/twilio/voice#rc=2&rp=ct,5xx&ct=2000&tt=8000`,
  voice_method: 'POST',
  voice_fallback_url: 'https://handler.twilio.com/twiml/EH1',
  status_callback: `${PUBLIC_URL}/twilio/status`,
  status_callback_method: 'POST',
  voice_application_sid: '',
  trunk_sid: null,
};

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

/** An account at Twilio that has one number with these settings, or none. */
async function account(settings: object | undefined, status = 200) {
  const asked: string[] = [];
  server = createServer((request, reply) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    reply
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ incoming_phone_numbers: settings === undefined ? [] : [settings] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { asked, twilio: { accountSid: 'AC1', authToken: 'secret', phoneNumber: NUMBER, apiUrl } };
}

test('a number that leads here is sound, and is asked about with the credentials', async () => {
  const { twilio, asked } = await account(GOOD);
  expect(await checkNumber({ twilio }, PUBLIC_URL)).toEqual([
    { isSound: true, text: 'Twilio sends calls to TWILIO_PHONE_NUMBER here' },
  ]);
  expect(asked).toEqual([
    `/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550100 Basic ${Buffer.from('AC1:secret').toString('base64')}`,
  ]);
});

test.each<[string, object, RegExp[]]>([
  [
    'nothing',
    { voice_url: '', status_callback: null },
    [/A call comes in" must be https:\/\/calls\.example\.com\/twilio\/voice/, /Call status changes" must be/],
  ],
  ['another host', { voice_url: 'https://old.example.com/twilio/voice' }, [/A call comes in" must be/]],
  ['another path', { voice_url: `${PUBLIC_URL}/voice` }, [/A call comes in" must be/]],
  ['GET', { voice_method: 'GET' }, [/A call comes in" must be HTTP POST/]],
  ['GET for its status', { status_callback_method: 'GET' }, [/Call status changes" must be HTTP POST/]],
  ['an app', { voice_application_sid: 'AP1' }, [/a TwiML app takes its calls/]],
  ['a trunk', { trunk_sid: 'TK1' }, [/a SIP trunk takes its calls/]],
])('a number with %s is named with what to enter', async (_, changes, texts) => {
  const { twilio } = await account({ ...GOOD, ...changes });
  const found = await checkNumber({ twilio }, PUBLIC_URL);
  expect(found.map(({ isSound }) => isSound)).toEqual(texts.map(() => false));
  for (const [at, text] of texts.entries()) expect(found[at]?.text).toMatch(text);
});

test('no fallback is said, and breaks nothing', async () => {
  const { twilio } = await account({ ...GOOD, voice_fallback_url: '' });
  expect(await checkNumber({ twilio }, PUBLIC_URL)).toEqual([
    { isSound: true, text: expect.stringContaining('"Primary handler fails" is empty') as string },
  ]);
});

test.each([
  [undefined, 200, /has no such number/],
  [GOOD, 401, /TWILIO_AUTH_TOKEN: Twilio refuses it \(401\)/],
  [GOOD, 500, /Twilio answers 500/],
])('an account that does not tell is told (%j, %i)', async (settings, status, text) => {
  const { twilio } = await account(settings, status);
  const [found] = await checkNumber({ twilio }, PUBLIC_URL);
  expect(found).toMatchObject({ isSound: false, text: expect.stringMatching(text) as string });
  expect(found?.text).not.toContain(NUMBER);
});

test('without credentials, or a number, nothing is asked', async () => {
  const twilio = {
    accountSid: 'AC1',
    authToken: 'secret',
    phoneNumber: undefined,
    apiUrl: 'http://127.0.0.1:1',
  };
  expect(await checkNumber({ twilio }, PUBLIC_URL)).toEqual([]);
});

test('a REST API that is not there has its remedy', async () => {
  const { twilio } = await account(GOOD);
  server?.close();
  server?.closeAllConnections();
  const [found] = await checkNumber({ twilio }, PUBLIC_URL);
  expect(found?.text).toMatch(/TWILIO_API_URL: .*nothing listens on that port \(ECONNREFUSED\)/);
});
