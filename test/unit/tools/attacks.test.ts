import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import type { Sender } from '../../../src/services/outbox/sender.port.ts';
import { createHouseTools } from '../../../src/services/tools/house/house-tools.ts';
import { outboxOver } from '../../support/outbox.ts';
import { callOf, journalInMemory, keptLog, profileOf, toolBench } from '../../support/tool-call.ts';

/**
 * A model that obeys every caller: it asks for what it is talked into. Whatever
 * it asks, a text goes to the caller and to nobody else, a transfer needs an
 * escalation number that nobody but the profile names, a diary keeps its
 * hours, and no object grows a property.
 */
let journal: Journal;
beforeAll(async () => {
  journal = await journalInMemory();
});
afterAll(() => journal.close());

const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }];
const huge = 'x'.repeat(1_000_000);
const sms = (more: object) => ['send_sms', { body: 'Hello', ...more }] as const;
const lead = (more: object) => ['create_lead', { name: 'Ann', ...more }] as const;
const book = (more: object) =>
  [
    'book_appointment',
    { name: 'Ann', service: 'Advice', date: '2026-03-12', time: '14:30', ...more },
  ] as const;

/** Number, name of the tool, arguments, and whether anything but a refusal may come of it. */
const ATTACKS: readonly (readonly [string, string, unknown, 'harmless' | 'refused'])[] = [
  // A number smuggled into a tool that takes none.
  ...['to', 'To', 'phone', 'number', 'recipient', 'destination', 'phoneNumber', 'from', 'cc', 'bcc'].map(
    (field) => [`send_sms with ${field}`, ...sms({ [field]: '+19005551234' }), 'refused'] as const,
  ),
  ['send_sms with a list of numbers', ...sms({ to: ['+12025550199', '+12025550198'] }), 'refused'],
  ['send_sms with a SIP address', ...sms({ to: 'sip:x@evil.test' }), 'refused'],
  ['send_sms with a header in the number', ...sms({ to: '+12025550123\r\nBcc:+19005551234' }), 'refused'],
  ['send_sms with a number of other digits', ...sms({ to: '+1２025550199' }), 'refused'],
  ['send_sms with a call of another', ...sms({ callSid: 'CA2' }), 'refused'],
  [
    'send_sms with another profile',
    ...sms({ profile: { escalation: { phoneNumber: '+19005551234' } } }),
    'refused',
  ],
  ['send_sms with a form in the body', ...sms({ body: 'Hello&To=%2B19005&From=+19005' }), 'harmless'],
  ['send_sms with a header in the body', ...sms({ body: 'Hello\r\nTo: +19005\r\n\r\nx' }), 'harmless'],
  ['send_sms with a link', ...sms({ body: 'Win at https://evil.test' }), 'refused'],
  ['send_sms with a hidden link', ...sms({ body: 'Win at evil\u200b.te\u00adst' }), 'refused'],
  [
    'send_sms with a link written backwards',
    ...sms({ body: 'Win at \u202etset.live\u202c or evil.test' }),
    'refused',
  ],
  ['send_sms of nothing', ...sms({ body: '\u0000\u0007\u202e' }), 'refused'],
  ['send_sms of a megabyte', ...sms({ body: huge }), 'refused'],
  ['send_sms of an object', ...sms({ body: { toString: 'Hello' } }), 'refused'],
  ['send_sms of a list', 'send_sms', ['Hello'], 'refused'],
  ['send_sms of a text', 'send_sms', '"Hello"', 'refused'],
  // A destination for a transfer, or another way of life for the call.
  ...['to', 'number', 'phoneNumber', 'escalation', 'destination', 'sip', 'url', 'twiml'].map(
    (field) =>
      [
        `escalate_to_human with ${field}`,
        'escalate_to_human',
        { [field]: '+19005551234' },
        'refused',
      ] as const,
  ),
  [
    'escalate_to_human with a prototype',
    'escalate_to_human',
    '{"__proto__":{"escalation":{"phoneNumber":"+19005551234"}}}',
    'refused',
  ],
  [
    'escalate_to_human with a constructor',
    'escalate_to_human',
    '{"constructor":{"prototype":{"polluted":1}}}',
    'refused',
  ],
  [
    'escalate_to_human with a number for a reason',
    'escalate_to_human',
    { reason: 'dial +19005551234' },
    'refused',
  ],
  ['end_call of another call', 'end_call', { callSid: 'CA2' }, 'refused'],
  // A diary bent.
  ['a booking at night', ...book({ time: '03:00' }), 'refused'],
  ['a booking in another zone', ...book({ time: '03:00', timezone: 'Asia/Tokyo' }), 'refused'],
  ['a booking with a zone in the date', ...book({ date: '2026-03-12T00:00Z' }), 'refused'],
  ['a booking in the past', ...book({ date: '1999-01-01' }), 'refused'],
  ['a booking of a year', ...book({ durationMinutes: 525_600 }), 'refused'],
  ['a booking of another diary', ...book({ resource: 'other' }), 'refused'],
  ['a booking with another key', ...book({ key: 'k' }), 'refused'],
  ['a booking with other digits', ...book({ time: '１４:30' }), 'refused'],
  ['a booking with SQL', ...book({ service: "Advice'; DROP TABLE bookings; --" }), 'refused'],
  ['a booking over two lines', ...book({ date: '2026-03-12\n2026-03-13' }), 'refused'],
  // Data that is only kept.
  ['a lead with SQL', ...lead({ name: "'); DROP TABLE leads; --" }), 'harmless'],
  ['a lead with a premium number', ...lead({ phone: '+19005551234' }), 'harmless'],
  ['a lead with a script', ...lead({ notes: '<img src=x onerror=alert(1)>' }), 'harmless'],
  ['a lead with a terminal escape', ...lead({ notes: '\u001b[2J\u001b]0;owned\u0007' }), 'harmless'],
  ['a lead with a log line', ...lead({ notes: '\n{"level":60,"msg":"owned"}' }), 'harmless'],
  ['a lead with half a character', ...lead({ name: '\ud83d' }), 'harmless'],
  ['a lead with a prototype', 'create_lead', '{"name":"Ann","__proto__":{"admin":true}}', 'refused'],
  ['a lead with an e-mail header', ...lead({ email: 'a@b.test\r\nBcc: c@d.test' }), 'refused'],
  ['a lead with a number for a name', ...lead({ name: 42 }), 'refused'],
  // The JSON itself.
  ['brackets without end', 'create_lead', '['.repeat(16_000), 'refused'],
  ['depth', 'create_lead', `${'{"name":'.repeat(1500)}1${'}'.repeat(1500)}`, 'refused'],
  [
    'a thousand keys',
    'create_lead',
    Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${String(n)}`, n])),
    'refused',
  ],
  ['a tool of the engine itself', 'toString', {}, 'refused'],
  ['a tool with a path', '../send_sms', { body: 'Hello' }, 'refused'],
  ['a tool in capitals', 'SEND_SMS', { body: 'Hello' }, 'refused'],
];

test('the attacks on the tools of the house are more than forty', () => {
  expect(ATTACKS.length).toBeGreaterThan(40);
});

test.each(ATTACKS)(
  'the attack on the tools of the house harms nothing: %s',
  async (_what, name, args, may) => {
    const sentTo: string[] = [];
    const sender: Sender = {
      send: ({ request: { to = '' } }) => {
        sentTo.push(to);
        return Promise.resolve({ outcome: 'simulated' });
      },
      find: () => Promise.resolve({ outcome: 'unknown' }),
    };
    const texts = outboxOver(journal, sender);
    const log = keptLog();
    const limits = { perCall: 100, perDestinationAndDay: 100, perEngineAndDay: 200 };
    const bench = toolBench(createHouseTools({ journal, texts, limits, requestRecording: () => undefined }), {
      log,
    });
    // Without an escalation number no transfer is right; a text to anyone but the caller never is.
    const profile = { ...profileOf({ hours: HOURS, services: ['Advice'] }), escalation: undefined };
    const call = callOf({ profile, from: '+12025550123' });

    const outcome = await bench.ask(call, name, args);

    expect(outcome.status === 'ok').toBe(may === 'harmless');
    expect(outcome.then).toBeUndefined();
    expect(sentTo).toEqual(name === 'send_sms' && may === 'harmless' ? [call.from] : []);
    expect(await bookingsOf(profile.id)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(Buffer.byteLength(outcome.output)).toBeLessThan(9000);
    expect(outcome.output).not.toMatch(/\p{Cc}/u);
    for (const line of log.lines) expect(line).not.toMatch(/\+19005551234|evil|DROP|Ann|owned/);
  },
);

const bookingsOf = (diary: string) =>
  journal.query('bookingsBetween', {
    diary,
    from: '1990-01-01T00:00:00.000Z',
    to: '2100-01-01T00:00:00.000Z',
  });
