import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { sendSms } from '../../../src/services/tools/send-sms.ts';
import { createTwilioRest } from '../../../src/services/twilio/rest.ts';
import { createTwilioTexts } from '../../../src/services/twilio/text-messages.ts';
import { type Fate, type FakeTwilioRest, startFakeTwilioRest } from '../../support/fake-twilio-rest.ts';
import { callOf, journalInMemory, read, toolBench } from '../../support/tool-call.ts';

let journal: Journal;
let twilio: FakeTwilioRest;
beforeAll(async () => {
  journal = await journalInMemory();
});
afterAll(() => journal.close());
beforeEach(async () => {
  twilio = await startFakeTwilioRest();
});
afterEach(() => twilio.close());

function textsOf(timeoutMs = 2000) {
  const { url: apiUrl, accountSid, authToken } = twilio;
  const fromNumber = '+12025550100';
  const rest = createTwilioRest({
    apiUrl,
    accountSid,
    authToken,
    fromNumber,
    timeoutMs,
    retryDelaysMs: [1, 1],
  });
  return createTwilioTexts({ rest, statusUrl: 'https://engine.test/twilio/status' });
}

/** A toolbox that knows nothing of earlier ones: the next process. */
const benchOf = (timeoutMs?: number) => toolBench([sendSms({ journal, texts: textsOf(timeoutMs) })]);

let lines = 0;
/** A caller of now: Twilio stamps what it takes with the real time. */
const caller = () => callOf({ from: `+1202555${String(2000 + ++lines)}`, now: () => Date.now() });
const body = 'See you on Thursday.';
const posts = () => twilio.requests.filter(({ method }) => method === 'POST');

describe('a text through Twilio', () => {
  test('reports to a URL that names it', async () => {
    const call = caller();
    await benchOf().ask(call, 'send_sms', { body });
    const [message] = (await journal.query('messages', { limit: 1 })).items;
    expect(posts()[0]?.form.get('StatusCallback')).toBe(
      `https://engine.test/twilio/status?k=${message?.id ?? ''}`,
    );
    expect(message).toMatchObject({ status: 'queued', providerSid: twilio.messages[0]?.sid });
  });

  test.each([
    [21610, /opted out/],
    [21614, /not a mobile number/],
    [21408, /not enabled/],
    [21211, /cannot be texted/],
    [21617, /too long/],
    [30034, /cannot be sent at the moment/],
    [20003, /cannot be sent at the moment/],
  ])('that is refused with %i is told in words', async (code, reason) => {
    twilio.next({ status: 400, code });
    const outcome = await benchOf().ask(caller(), 'send_sms', { body });
    expect(read(outcome)).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(reason) as string,
    });
    expect(outcome.output).not.toContain('+1');
  });

  test.each<[string, Fate]>([
    ['the connection is lost', 'lost after accepting'],
    ['the answer is garbage', 'garbage'],
  ])('that was taken is found when %s, and is sent once', async (_what, fate) => {
    const call = caller();
    twilio.next(fate);
    const answer = read(await benchOf().ask(call, 'send_sms', { body }));
    expect(answer).toMatchObject({ status: 'ok', result: { status: 'queued' } });
    await benchOf().ask(call, 'send_sms', { body });
    expect([posts().length, twilio.messages.length]).toEqual([1, 1]);
    const { items } = await journal.query('messages', { limit: 1 });
    expect(items[0]?.providerSid).toBe(twilio.messages[0]?.sid);
  });

  test.each<[string, Fate]>([
    ['the connection was lost before', 'lost before accepting'],
    ['Twilio failed', { status: 500 }],
    ['Twilio was silent', 'silence'],
  ])('that is not found when %s stays uncertain, and is not sent again', async (_what, fate) => {
    const call = caller();
    const bench = benchOf(fate === 'silence' ? 100 : undefined);
    twilio.next(fate);
    expect(read(await bench.ask(call, 'send_sms', { body })).status).toBe('uncertain');
    expect(read(await bench.ask(call, 'send_sms', { body })).status).toBe('uncertain');
    expect(read(await benchOf().ask(call, 'send_sms', { body })).status).toBe('uncertain');
    expect([posts().length, twilio.messages.length]).toEqual([1, 0]);
  });

  test('is sent once by two requests at the same time, and by the next process too', async () => {
    const call = caller();
    const bench = benchOf();
    await Promise.all([bench.ask(call, 'send_sms', { body }), bench.ask(call, 'send_sms', { body })]);
    await benchOf().ask(call, 'send_sms', { body });
    expect(twilio.messages).toHaveLength(1);
  });

  test('that went out in the same words long ago is not taken for this one', async () => {
    const call = caller();
    const texts = textsOf();
    await benchOf().ask(call, 'send_sms', { body });
    const text = { id: 'm', to: call.from, body };
    expect(await texts.find({ ...text, at: Date.now() })).toMatchObject({ outcome: 'accepted' });
    expect(await texts.find({ ...text, at: Date.now() + 60_000 })).toEqual({ outcome: 'unknown' });
    expect(await texts.find({ ...text, body: 'Other words', at: Date.now() })).toEqual({
      outcome: 'unknown',
    });
  });

  test('whose fate cannot be asked stays uncertain', async () => {
    const call = caller();
    twilio.next('lost after accepting', { status: 500 }, { status: 500 }, { status: 500 });
    expect(read(await benchOf().ask(call, 'send_sms', { body })).status).toBe('uncertain');
    expect(read(await benchOf().ask(call, 'send_sms', { body })).status).toBe('ok');
    expect(twilio.messages).toHaveLength(1);
  });
});
