import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import type {
  Sender,
  Outgoing,
  SendResult,
  FoundAtCarrier,
} from '../../../src/services/outbox/sender.port.ts';
import type { Journal, TextLimits } from '../../../src/services/storage/journal.port.ts';
import { sendSms } from '../../../src/services/tools/house/send-sms.ts';
import { createOfflineSender } from '../../../src/services/twilio/rest/offline-sender.ts';
import { clockAt, outboxOver } from '../../support/outbox.ts';
import { callOf, journalInMemory, NOW, profileOf, read, toolBench } from '../../support/tool-call.ts';

let journal: Journal;
beforeAll(async () => {
  journal = await journalInMemory();
});
afterAll(() => journal.close());

/** A carrier that writes down what it is given; what it finds later is another matter. */
function carrier(results: { send?: SendResult; find?: FoundAtCarrier } = {}) {
  const sent: Outgoing[] = [];
  const sought: Outgoing[] = [];
  const texts: Sender = {
    send: (outgoing) => {
      sent.push(outgoing);
      return Promise.resolve(results.send ?? accepted());
    },
    find: (outgoing) => {
      sought.push(outgoing);
      return Promise.resolve(results.find ?? { outcome: 'looked', candidates: [] });
    },
  };
  const to = () => sent.map(({ request }) => request['to']);
  return { texts, sent, sought, to };
}

const toolOf = (sender: Sender, more: { limits?: TextLimits; of?: Journal; countries?: Set<'GB'> } = {}) => {
  const { of = journal, ...parts } = more;
  return sendSms({ journal: of, texts: outboxOver(of, sender, { clock: clockAt(NOW) }), ...parts });
};

/** A toolbox that knows nothing of earlier ones: the next process. */
const benchOf = (sender: Sender, limits?: TextLimits) =>
  toolBench([toolOf(sender, limits === undefined ? {} : { limits })]);

let sids = 0;
const accepted = (): SendResult => ({
  outcome: 'accepted',
  status: 'queued',
  providerSid: `SM${String(++sids)}`,
});

let lines = 0;
/** Each a number of its own, so that one test does not use up another's texts. */
const nextNumber = () => `+1202555${String(1000 + ++lines)}`;

const stored = async (callSid: string) =>
  (await journal.query('messages', { limit: 200 })).items.filter((message) => message.callSid === callSid);

describe('send_sms', () => {
  test('send_sms texts the caller, and keeps what the carrier says', async () => {
    const { texts, sent } = carrier();
    const call = callOf({ from: nextNumber() });
    const outcome = await benchOf(texts).ask(call, 'send_sms', { body: ' See you\r\non Thursday. ' });
    expect(read(outcome)).toMatchObject({ status: 'ok', result: { status: 'queued' } });
    const [message] = await stored(call.callSid);
    expect(message).toMatchObject({
      to: call.from,
      body: 'See you\non Thursday.',
      status: 'queued',
      providerSid: 'SM1',
    });
    expect(sent).toMatchObject([
      { id: message?.id, request: { to: call.from, body: 'See you\non Thursday.' }, at: NOW },
    ]);
  });

  test('send_sms texts the number called, of a call that the engine placed', async () => {
    const { texts, to } = carrier();
    const called = nextNumber();
    const call = callOf({ direction: 'outbound', from: '+12025550100', to: called });
    await benchOf(texts).ask(call, 'send_sms', { body: 'Hello' });
    expect(to()).toEqual([called]);
  });

  test.each([
    ['a number that is withheld', { from: 'anonymous' }],
    ['a number of another country', { from: '+18765550123' }],
    ['a premium number', { from: '+19005551234' }],
    ['an engine whose own number tells no country', { to: 'client:softphone' }],
  ])('send_sms refuses %s', async (_what, facts) => {
    const { texts, sent } = carrier();
    const call = callOf({ from: nextNumber(), ...facts });
    const outcome = await benchOf(texts).ask(call, 'send_sms', { body: 'Hello' });
    expect(outcome.status).toBe('refused');
    expect(read(outcome).reason).toMatch(/cannot be texted/);
    expect([sent, await stored(call.callSid)]).toEqual([[], []]);
  });

  test('send_sms serves the countries it is told to', async () => {
    const { texts, to } = carrier();
    const bench = toolBench([toolOf(texts, { countries: new Set(['GB']) })]);
    await bench.ask(callOf({ from: '+447400123456' }), 'send_sms', { body: 'Hello' });
    await bench.ask(callOf({ from: nextNumber() }), 'send_sms', { body: 'Hello' });
    expect(to()).toEqual(['+447400123456']);
  });

  test('send_sms takes 480 characters, however many units they have, and not one more', async () => {
    const bench = benchOf(carrier().texts);
    expect(
      (await bench.ask(callOf({ from: nextNumber() }), 'send_sms', { body: '👍'.repeat(480) })).status,
    ).toBe('ok');
    const tooLong = await bench.ask(callOf({ from: nextNumber() }), 'send_sms', { body: 'x'.repeat(481) });
    expect(read(tooLong)).toMatchObject({ error: 'TOOL_ARGUMENTS', problems: [{ path: 'body' }] });
  });

  test('send_sms sends three in a call of fifty requests', async () => {
    const { texts, sent } = carrier();
    const bench = benchOf(texts);
    const call = callOf({ from: nextNumber() });
    const asked = Array.from({ length: 50 }, (_, n) =>
      bench.ask(call, 'send_sms', { body: `Text ${String(n)}` }),
    );
    const answers = (await Promise.all(asked)).map(read);
    expect(sent).toHaveLength(3);
    const reasons = answers.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
    expect(reasons).toHaveLength(47);
    expect(reasons[0]).toBe('No more texts can be sent in this call.');
    // The second refusal takes the tool away.
    expect(reasons[1]).toMatch(/^No more texts .* offer to connect the caller with a person/);
    expect(reasons.slice(2).every((reason) => reason.startsWith('Nothing more of this kind'))).toBe(true);
  });

  test('send_sms sends three a day to one number, and again the day after', async () => {
    const { texts, sent } = carrier();
    const bench = benchOf(texts);
    const from = nextNumber();
    for (let n = 0; n < 5; n++) await bench.ask(callOf({ from }), 'send_sms', { body: `Text ${String(n)}` });
    expect(sent).toHaveLength(3);
    await bench.ask(callOf({ from, now: () => NOW + 86_400_001 }), 'send_sms', { body: 'Good morning' });
    expect(sent).toHaveLength(4);
  });

  test('send_sms sends no more a day than the engine may, also to calls that ask at the same time', async () => {
    const { texts, sent } = carrier();
    // A day on which nothing was sent yet, so that the others' texts do not count.
    const now = () => NOW + 30 * 86_400_000;
    const bench = benchOf(texts, { perCall: 3, perDestinationAndDay: 3, perEngineAndDay: 4 });
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, () =>
        bench.ask(callOf({ from: nextNumber(), now }), 'send_sms', { body: 'Hello' }),
      ),
    );
    expect(sent).toHaveLength(4);
    expect(outcomes.filter(({ status }) => status === 'refused')).toHaveLength(5);
  });

  test('send_sms tells honestly that a text went nowhere when there is no carrier', async () => {
    const call = callOf({ from: nextNumber() });
    const answer = read(await benchOf(createOfflineSender()).ask(call, 'send_sms', { body: 'Hello' }));
    expect(answer.result).toEqual({ status: 'simulated', note: expect.stringMatching(/not sent/) as string });
    expect(await stored(call.callSid)).toMatchObject([{ status: 'simulated', providerSid: null }]);
  });

  test('send_sms tells why the carrier refused, and does not ask it again', async () => {
    const { texts, sent } = carrier({ send: { outcome: 'refused', reason: 'The caller has opted out.' } });
    const call = callOf({ from: nextNumber() });
    const first = await benchOf(texts).ask(call, 'send_sms', { body: 'Hello' });
    expect(read(first)).toMatchObject({ status: 'refused', reason: 'The caller has opted out.' });
    expect(await stored(call.callSid)).toMatchObject([{ status: 'failed' }]);
    expect((await benchOf(texts).ask(call, 'send_sms', { body: 'Hello' })).status).toBe('refused');
    expect(sent).toHaveLength(1);
  });

  test('send_sms sends the same words to one number once a day, whichever call asks', async () => {
    const { texts, sent } = carrier();
    const from = nextNumber();
    const bench = benchOf(texts);
    await bench.ask(callOf({ from }), 'send_sms', { body: 'Hello' });
    expect(read(await bench.ask(callOf({ from }), 'send_sms', { body: ' Hello ' })).reason).toMatch(
      /sent to this caller today already/,
    );
    await bench.ask(callOf({ from: nextNumber() }), 'send_sms', { body: 'Hello' });
    await bench.ask(callOf({ from, now: () => NOW + 86_400_001 }), 'send_sms', { body: 'Hello' });
    expect(sent).toHaveLength(3);
  });

  test('send_sms tells that a text was sent also when that cannot be written down', async () => {
    const { texts, sent } = carrier();
    const call = callOf({ from: nextNumber() });
    const bench = toolBench([toolOf(texts, { of: refusing('settleOutbox') })]);
    expect((await bench.ask(call, 'send_sms', { body: 'Hello' })).status).toBe('ok');
    expect([sent.length, await stored(call.callSid)]).toMatchObject([1, [{ status: 'pending' }]]);
  });

  test.each(['createMessage', 'claimOutbox'] as const)(
    'send_sms sends nothing while the journal refuses %s',
    async (name) => {
      const { texts, sent } = carrier();
      const bench = toolBench([toolOf(texts, { of: refusing(name) })]);
      const asked = bench.ask(callOf({ from: nextNumber() }), 'send_sms', { body: 'Hello' });
      if (name === 'createMessage') {
        expect(read(await asked)).toMatchObject({ status: 'failed', error: 'STORAGE_UNAVAILABLE' });
      }
      expect(sent).toEqual([]);
    },
  );

  test('send_sms has the row on disk, as one that is being sent, before the request leaves', async () => {
    let rows: unknown;
    const call = callOf({ from: nextNumber() });
    const { texts } = carrier();
    const watching: Sender = {
      ...texts,
      send: async (outgoing) => {
        const errand = await journal.query('errand', { id: outgoing.id });
        rows = [(await stored(call.callSid)).length, errand?.state, errand?.attempts];
        return texts.send(outgoing);
      },
    };
    await benchOf(watching).ask(call, 'send_sms', { body: 'Hello' });
    expect(rows).toEqual([1, 'sending', 1]);
  });

  test('send_sms goes to a contact that the profile names, and to the caller when none is named', async () => {
    const { texts, to } = carrier();
    const profile = profileOf({}, { contacts: { workshop: '+442079460123' } });
    const call = callOf({ profile, from: nextNumber() });
    const bench = benchOf(texts);
    expect(read(await bench.ask(call, 'send_sms', { body: 'A leak', to: 'workshop' })).status).toBe('ok');
    expect(read(await bench.ask(call, 'send_sms', { body: 'A leak' })).status).toBe('ok');
    expect(to()).toEqual(['+442079460123', call.from]);
  });

  test.each(['owner', '+19005551234', 'workshop '])('send_sms goes to no contact called %j', async (name) => {
    const { texts, sent } = carrier();
    const profile = profileOf({}, { contacts: { workshop: '+442079460123' } });
    const asked = { body: 'A leak', to: name };
    expect(
      read(await benchOf(texts).ask(callOf({ profile, from: nextNumber() }), 'send_sms', asked)).problems,
    ).toMatchObject([{ path: 'to' }]);
    expect(sent).toEqual([]);
  });

  test('send_sms goes to no contact that costs extra', async () => {
    const { texts, sent } = carrier();
    const profile = profileOf({}, { contacts: { hotline: '+19005551234' } });
    const call = callOf({ profile, from: nextNumber() });
    expect(read(await benchOf(texts).ask(call, 'send_sms', { body: 'Hi', to: 'hotline' })).status).toBe(
      'refused',
    );
    expect(sent).toEqual([]);
  });

  test('send_sms goes to the countries that the profile names', async () => {
    const { texts } = carrier();
    const british = (countries?: string[]) =>
      callOf({ profile: profileOf({}, { ...(countries && { countries }) }), from: '+442079460123' });
    const ask = async (call: ReturnType<typeof callOf>) =>
      read(await benchOf(texts).ask(call, 'send_sms', { body: 'Hello' })).status;
    expect(await ask(british())).toBe('refused');
    expect(await ask(british(['GB']))).toBe('ok');
  });
});

/** The journal, on a disk that refuses one transaction. */
const refusing = (refused: string): Journal => ({
  ...journal,
  query: (name, args) => journal.query(name, args),
  transact: (name, args) =>
    name === refused ? Promise.reject(new EngineError('STORAGE_UNAVAILABLE')) : journal.transact(name, args),
});

describe('links', () => {
  const profile = profileOf(
    {
      description: 'Menus at https://www.shop.example/menu.',
      address: 'maps.example/shop, fax +1 202 555 0177',
    },
    { phoneNumbers: ['+12025550100'] },
  );

  test.each([
    'See you at 2.30 p.m.',
    'That is 3.50 per piece... ok?',
    'You are booked on Tuesday.See you!',
    'Open 9.30am.Closed on Sundays.Bring your card',
    'Version 1.2.3, room 4.b',
    'See shop.example.Then come in',
    'Treffen um 9 Uhr.Bitte pünktlich',
    'Our menu: https://shop.example/menu?today',
    'www.shop.example',
    'maps.example/elsewhere',
    'SHOP.EXAMPLE',
    'Call us: (202) 555-0100, or 555 0177.',
    'Tel: +1 202-555-0100',
    'Booked for 2026-03-10 at 10:00, table 12.',
    'On 10.03.2026 at 14.30, for 4',
    'March 10, 2026 10:30 to 11:30',
    'March 10th 2026 10 to 11',
    'Mon 9 - 12, 14 - 18; Sat 10-14',
    'It is $1,234.50, order 123456.',
    'We are at 12 (second floor), 20095 Hamburg',
  ])('send_sms passes the links of %j', async (body) => {
    expect(
      (await benchOf(carrier().texts).ask(callOf({ profile, from: nextNumber() }), 'send_sms', { body }))
        .status,
    ).toBe('ok');
  });

  test.each([
    'https://evil.example',
    'HTTP://EVIL.EXAMPLE',
    'evil.example/x',
    'See evil.com',
    'See evil.com.Then pay',
    'See evil.COM',
    'See evil.xn--p1ai',
    'See пример.рф',
    'See evil.co.uk now',
    'See 1.evil.dev',
    'See printer.local',
    'pay at evil。example',
    'ｅｖｉｌ．ｅｘａｍｐｌｅ',
    'evil\u200b.exa\u200dmple',
    'shop.example.evil.test',
    'https://shop.example@evil.test',
    'https://shоp.example',
    'info@evil.test',
    'http://127.0.0.1/x',
    'javascript://shop.example/%0aalert(1)',
    'ftp://shop.example',
    'xn--shp-7cd.example',
    'shop.example and evil.test',
    '185.199.108.153/x',
    '10.0.0.1',
    'tel:+19005551234',
    'tel: 900 555 1234',
    'sms:+12025550199?body=YES',
    'SMSTO:12345',
    'mailto:info',
    'javascript:alert(1)',
    'whatsapp://send',
    'wa:1',
    'evil[.]com',
    'evil(dot)com/x',
    'evil [dot] com',
    'Call +1 900 555 1234 now',
    'Call 9005551234',
    'call (900) 555-1234',
    'call 900.555.1234',
    'call 9 0 0 5 5 5 1 2 3 4',
    'call ９００５５５１２３４',
    'call ٩٠٠٥٥٥١٢٣٤',
    'call 900\u200b555\u200b1234',
  ])('send_sms refuses the link of %j', async (body) => {
    const { texts, sent } = carrier();
    const outcome = await benchOf(texts).ask(callOf({ profile, from: nextNumber() }), 'send_sms', { body });
    expect(read(outcome)).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(/link/) as string,
    });
    expect(sent).toEqual([]);
  });
});
