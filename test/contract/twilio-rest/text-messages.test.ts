import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { sendSms } from '../../../src/services/tools/house/send-sms.ts';
import { createTwilioRest } from '../../../src/services/twilio/rest/rest.ts';
import { createTwilioTexts } from '../../../src/services/twilio/rest/text-messages.ts';
import { type Fate, type FakeTwilioRest, startFakeTwilioRest } from '../../support/fake-twilio-rest.ts';
import { hurried } from '../../support/hurried-clock.ts';
import { outboxOver } from '../../support/outbox.ts';
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

function textsOf({ timeoutMs = 2000, apiUrl = twilio.url } = {}) {
  const { accountSid, authToken } = twilio;
  const rest = createTwilioRest({ apiUrl, accountSid, authToken, fromNumber: '+12025550100', timeoutMs });
  return createTwilioTexts({ rest, statusUrl: 'https://engine.test/twilio/status' });
}

/** A toolbox and an outbox that know nothing of earlier ones: the next process. Its waits are a thousandth. */
const benchOf = (options: { timeoutMs?: number; apiUrl?: string } = {}) => {
  const texts = outboxOver(journal, textsOf(options), { clock: hurried(1000) });
  return toolBench([sendSms({ journal, texts })], { journal });
};

let lines = 0;
/** A caller of now: Twilio stamps what it takes with the real time. */
const caller = () => callOf({ from: `+1202555${String(2000 + ++lines)}`, now: () => Date.now() });
const body = 'See you on Thursday.';
const posts = () => twilio.requests.filter(({ method }) => method === 'POST');
const latest = async () => (await journal.query('messages', { limit: 1 })).items[0];

describe('a text through Twilio', () => {
  test('a text through Twilio reports to a URL that names it', async () => {
    await benchOf().ask(caller(), 'send_sms', { body });
    const message = await latest();
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
  ])(
    'a text through Twilio that is refused with %i is told in words, and is not sent again',
    async (code, reason) => {
      const call = caller();
      twilio.next({ status: 400, code });
      for (const bench of [benchOf(), benchOf()]) {
        const outcome = await bench.ask(call, 'send_sms', { body });
        expect(read(outcome)).toMatchObject({
          status: 'refused',
          reason: expect.stringMatching(reason) as string,
        });
        expect(outcome.output).not.toContain('+1');
      }
      expect([posts().length, twilio.messages.length]).toEqual([1, 0]);
      expect(await latest()).toMatchObject({ status: 'failed' });
    },
  );

  test.each<[string, Fate[], number]>([
    ['Twilio is asked too often', [{ status: 429, code: 20429 }, { status: 429 }], 3],
    ['Twilio says when to come back', [{ status: 429, retryAfter: '2' }], 2],
    ['Twilio failed', [{ status: 500 }], 2],
    [
      'Twilio failed three times',
      [{ status: 503 }, 'as usual', { status: 502 }, 'as usual', { status: 500 }],
      4,
    ],
    ['Twilio could not be asked for it at first', [{ status: 500 }, { status: 500 }, { status: 500 }], 2],
  ])('a text through Twilio is sent again when %s', async (_what, fates, attempts) => {
    const call = caller();
    twilio.next(...fates);
    const answer = read(await benchOf().ask(call, 'send_sms', { body }));
    expect(answer).toMatchObject({ status: 'ok', result: { status: 'queued' } });
    expect([posts().length, twilio.messages.length]).toEqual([attempts, 1]);
  });

  test('a text through Twilio is sent once Twilio can be reached', async () => {
    const { port } = new URL(twilio.url);
    await twilio.close();
    const asked = benchOf().ask(caller(), 'send_sms', { body });
    await expect.poll(async () => attemptsOf(await latest())).toBeGreaterThan(1);
    twilio = await startFakeTwilioRest(Number(port));
    expect(read(await asked).status).toBe('ok');
    expect([posts().length, twilio.messages.length]).toEqual([1, 1]);
  });

  test('a text through Twilio that Twilio took although it said that it failed is found, and not sent again', async () => {
    twilio.next({ status: 500, done: true });
    expect(read(await benchOf().ask(caller(), 'send_sms', { body })).status).toBe('ok');
    expect([posts().length, twilio.messages.length]).toEqual([1, 1]);
    expect(await latest()).toMatchObject({ providerSid: twilio.messages[0]?.sid });
  });

  test.each<[string, Fate[]]>([
    ['the connection is lost', ['lost after accepting']],
    ['the answer is garbage', ['garbage']],
    ['the list cannot be asked at first', ['lost after accepting', { status: 500 }, 'lost before accepting']],
  ])('a text through Twilio that was taken is found when %s, and is sent once', async (_what, fates) => {
    const call = caller();
    twilio.next(...fates);
    const answer = read(await benchOf().ask(call, 'send_sms', { body }));
    expect(answer).toMatchObject({ status: 'ok', result: { status: 'queued' } });
    expect(read(await benchOf().ask(call, 'send_sms', { body }))).toEqual({ ...answer, repeated: true });
    expect([posts().length, twilio.messages.length]).toEqual([1, 1]);
    expect((await latest())?.providerSid).toBe(twilio.messages[0]?.sid);
  });

  test.each<[string, Fate]>([
    ['the connection was lost before', 'lost before accepting'],
    ['Twilio was silent', 'silence'],
    ['it was sent elsewhere', 'redirect'],
  ])(
    'a text through Twilio that is not found when %s stays uncertain, and is not sent again',
    async (_what, fate) => {
      const call = caller();
      const options = fate === 'silence' ? { timeoutMs: 100 } : {};
      const bench = benchOf(options);
      twilio.next(fate);
      expect(read(await bench.ask(call, 'send_sms', { body })).status).toBe('uncertain');
      expect(read(await bench.ask(call, 'send_sms', { body })).status).toBe('uncertain');
      expect(read(await benchOf().ask(call, 'send_sms', { body })).status).toBe('uncertain');
      expect([posts().length, twilio.messages.length]).toEqual([1, 0]);
      // Three looks, and that is that.
      expect(twilio.requests.length - posts().length).toBe(3);
    },
  );

  test('a text through Twilio whose outcome is unknown is proved by the status callback', async () => {
    const call = caller();
    twilio.next('lost before accepting');
    await benchOf().ask(call, 'send_sms', { body });
    const { id = '' } = (await latest()) ?? {};
    const told = { id, providerSid: 'SM_late', status: 'delivered', at: Date.now() };
    expect(await journal.transact('settleMessage', told)).toBe(true);
    expect(await latest()).toMatchObject({ status: 'delivered', providerSid: 'SM_late' });
    expect(await journal.query('errand', { id })).toMatchObject({ state: 'done', status: 'delivered' });
  });

  test('a text through Twilio is sent once by two requests at the same time, and by the next process too', async () => {
    const call = caller();
    const bench = benchOf();
    await Promise.all([bench.ask(call, 'send_sms', { body }), bench.ask(call, 'send_sms', { body })]);
    await benchOf().ask(call, 'send_sms', { body });
    expect(twilio.messages).toHaveLength(1);
  });

  test('a text through Twilio is sent once by two processes that share a journal', async () => {
    const call = caller();
    const outcomes = await Promise.all(
      [benchOf(), benchOf(), benchOf()].map((bench) => bench.ask(call, 'send_sms', { body })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect([posts().length, twilio.messages.length]).toEqual([1, 1]);
  });

  test('a text through Twilio is not taken for another in the same words', async () => {
    const [call, other] = [caller(), caller()];
    await benchOf().ask(call, 'send_sms', { body });
    const taken = { id: 'm', request: { to: call.from, body } };
    const texts = textsOf();
    const looked = await texts.find({ ...taken, at: Date.now() });
    expect(looked).toMatchObject({ candidates: [{ providerSid: twilio.messages[0]?.sid }] });
    for (const outgoing of [
      { ...taken, at: Date.now() + 60_000 },
      { id: 'm', request: { to: call.from, body: 'Other words' }, at: Date.now() },
      { id: 'm', request: { to: other.from, body }, at: Date.now() },
    ])
      expect(await texts.find(outgoing)).toEqual({ outcome: 'looked', candidates: [] });

    // What looks like it at the carrier, but is another errand's, is not it.
    twilio.next('lost before accepting');
    const limits = { perCall: 9, perDestinationAndDay: 9, perEngineAndDay: 999 };
    const next = callOf({ from: call.from, now: () => Date.now() });
    await journal.transact('settleMessage', {
      providerSid: twilio.messages[0]?.sid ?? '',
      status: 'failed',
      at: Date.now(),
    });
    const outbox = outboxOver(journal, texts, { clock: hurried(1000) });
    const bench = toolBench([sendSms({ journal, texts: outbox, limits })]);
    expect(read(await bench.ask(next, 'send_sms', { body })).status).toBe('uncertain');
  });

  test('a text through Twilio that waited for ten minutes is not sent any more', async () => {
    const call = callOf({ from: caller().from, now: () => Date.now() - 600_000 });
    twilio.next({ status: 429 });
    const answer = read(await benchOf().ask(call, 'send_sms', { body }));
    expect(answer).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(/not take it/) as string,
    });
    expect(twilio.messages).toEqual([]);
  });

  test('a text through Twilio is given up after eight attempts', async () => {
    twilio.next(...Array.from({ length: 20 }, (): Fate => ({ status: 429 })));
    const answer = read(await benchOf().ask(caller(), 'send_sms', { body }));
    expect(answer.status).toBe('refused');
    expect([posts().length, twilio.messages.length]).toEqual([8, 0]);
  });
});

async function attemptsOf(message: { readonly id: string } | undefined): Promise<number> {
  return (await journal.query('errand', { id: message?.id ?? '' }))?.attempts ?? 0;
}
