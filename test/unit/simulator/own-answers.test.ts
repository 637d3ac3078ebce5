import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { instructionsOf } from '../../../src/services/openai/session/prompt.ts';
import { readFacts } from '../../../src/simulator/answers/business-facts.ts';
import { Dialogue, type Reply } from '../../../src/simulator/realtime/dialogue.ts';
import { readScenario } from '../../../src/simulator/scenario.ts';

/** What the simulated model answers from what the engine has told its session: the profile, and the tools. */

const scenario = readScenario();
/** A Wednesday, late in the evening of New York. */
const MOMENT = { now: Date.UTC(2026, 10, 26, 3), zone: 'America/New_York' };

const PROFILE = AgentProfile.parse({
  id: 'default',
  business: {
    name: 'Harbour Street Dental',
    description:
      'A family practice. A first visit costs 120 dollars; a cleaning costs 95 dollars. Most insurance plans are accepted. There is parking behind the building.',
    hours: [
      { days: ['mon', 'tue', 'wed', 'thu'], from: '08:00', to: '12:30' },
      { days: ['mon', 'tue', 'wed', 'thu'], from: '13:30', to: '18:00' },
      { days: ['fri'], from: '08:00', to: '14:00' },
    ],
    services: [
      { name: 'first visit', durationMinutes: 60 },
      { name: 'cleaning', durationMinutes: 45 },
      'whitening',
    ],
    address: '214 Harbour Street, Annapolis',
    timezone: 'America/New_York',
    holidays: ['2026-11-26'],
  },
});
const FACTS = readFacts(instructionsOf(PROFILE, []));

const tool = (
  name: string,
  properties: object,
  more: { required?: string[]; description?: string } = {},
) => ({
  type: 'function' as const,
  name,
  description: more.description ?? '',
  parameters: { type: 'object', properties, required: more.required ?? [] },
});
type Tools = readonly ReturnType<typeof tool>[];

class Talk {
  readonly #dialogue = new Dialogue(scenario);
  readonly #tools: Tools;
  #calls = 0;

  constructor(tools: Tools = []) {
    this.#tools = tools;
  }

  say(words: string | undefined, facts = FACTS): Reply {
    return this.#kept(this.#dialogue.reply({ type: 'words', words }, undefined, this.#tools, MOMENT, facts));
  }

  /** The last call's output has come. */
  settle(output: object): Reply {
    const outputs = [{ callId: String(this.#calls), output: JSON.stringify(output) }];
    return this.#kept(
      this.#dialogue.reply({ type: 'outputs', outputs }, undefined, this.#tools, MOMENT, FACTS),
    );
  }

  #kept(reply: Reply): Reply {
    if (reply.call !== undefined) this.#dialogue.called(String(++this.#calls), reply.call);
    return reply;
  }
}

const argumentsOf = ({ call }: Reply) => [call?.name, JSON.parse(call?.arguments ?? 'null')] as const;

describe('what the profile says', () => {
  test.each([
    [
      'What are your opening hours?',
      'We are open Monday to Thursday from 8 AM to 12:30 PM and from 1:30 PM to 6 PM and Friday from 8 AM to 2 PM.',
    ],
    ['Are you open on Sunday?', /^On Sunday we are closed\. We are open Monday/],
    ['are you open on friday', 'On Friday we are open from 8 AM to 2 PM.'],
    ['Do you open tomorrow?', 'Tomorrow, Thursday, the 26 November, we are closed for a holiday.'],
    ['What services do you have?', 'We offer first visit, cleaning, and whitening.'],
    ['Where are you?', 'We are at 214 Harbour Street, Annapolis.'],
    ['How long does a first visit take?', 'For first visit we plan 60 minutes.'],
    ['How much is a cleaning?', 'A cleaning costs 95 dollars.'],
    ['Do you take my insurance?', 'Most insurance plans are accepted.'],
    ['Is there any parking?', 'There is parking behind the building.'],
    ['Can I get whitening?', 'Yes, we offer whitening.'],
  ])('the profile answers "%s"', (asked, answer) => {
    expect(new Talk().say(asked).say).toEqual(
      typeof answer === 'string' ? answer : expect.stringMatching(answer),
    );
  });

  test('what the profile says is told as it stands where hours are prose', () => {
    const facts = { ...FACTS, hours: 'Monday to Saturday, seven to seven' };
    expect(new Talk().say('When are you open?', facts).say).toBe('Monday to Saturday, seven to seven.');
  });

  test('what the profile does not say is not made up: it is the simulator, and says so', () => {
    const nothing = readFacts('You answer the phone.');
    expect(new Talk().say('what are your opening hours', nothing).say).toBe(
      'I was not told the opening hours.',
    );
    for (const asked of ['How much is whitening?', 'Who won the cup final?', 'colourless green ideas']) {
      expect(new Talk().say(asked).say).toMatch(/I am the simulator, and I have no answer to that/);
    }
    expect(new Talk().say(undefined).say).toBe(scenario.unknown);
  });
});

describe('appointments', () => {
  const TOOLS = [
    tool('check_availability', {
      date: {},
      time: {},
      service: { enum: ['first visit', 'cleaning', 'whitening'] },
    }),
    tool('book_appointment', {
      date: {},
      time: {},
      name: {},
      service: { enum: ['first visit', 'cleaning', 'whitening'] },
    }),
    tool('cancel_appointment', { date: {}, time: {}, name: {} }),
    tool('reschedule_appointment', { date: {}, time: {}, newDate: {}, newTime: {} }),
  ];

  test('appointments are booked for a service that only this business has', () => {
    const talk = new Talk(TOOLS);
    const checked = talk.say('I want to book a whitening for Friday at 10:30 please');
    expect(argumentsOf(checked)).toEqual([
      'check_availability',
      { date: '2026-11-27', time: '10:30', service: 'whitening' },
    ]);
  });

  test('appointments are cancelled by the tool, and said to be only when it has done it', () => {
    const talk = new Talk(TOOLS);
    expect(talk.say('Please cancel my appointment on Friday').say).toBe('At what time is it?');
    expect(argumentsOf(talk.say('at 3 pm'))).toEqual([
      'cancel_appointment',
      { date: '2026-11-27', time: '15:00' },
    ]);
    const refused = talk.settle({
      status: 'refused',
      error: 'TOOL_REFUSED',
      reason: 'No appointment begins then.',
    });
    expect(refused.say).toBe('I am sorry, nothing was cancelled. No appointment begins then.');
    expect(argumentsOf(talk.say('at 4 pm'))).toEqual([
      'cancel_appointment',
      { date: '2026-11-27', time: '16:00' },
    ]);
    expect(talk.settle({ status: 'ok', result: { cancelled: true, spoken: 'Friday at four' } }).say).toBe(
      'Your appointment, Friday at four, is cancelled.',
    );
    // The next one is another.
    expect(talk.say('cancel my appointment').say).toBe('For which day is it booked?');
  });

  test('appointments are moved from one time to the other, each asked for', () => {
    const talk = new Talk(TOOLS);
    expect(talk.say('I would like to move my appointment').say).toBe('For which day is it booked now?');
    expect(talk.say('on friday at 3 pm').say).toBe('To which day would you like to move it?');
    expect(talk.say('on monday').say).toBe('And at what time then?');
    expect(argumentsOf(talk.say('at 9 am'))).toEqual([
      'reschedule_appointment',
      { date: '2026-11-27', time: '15:00', newDate: '2026-11-30', newTime: '09:00' },
    ]);
  });
});

describe("a business's own tools", () => {
  const ORDER = tool(
    'order_status',
    { order: { type: 'string' } },
    { required: ['order'], description: 'Look up an order.' },
  );

  test("a business's own tools are called when their name is said, with what the words hold", () => {
    const talk = new Talk([ORDER]);
    expect(argumentsOf(talk.say('What is the status of my order A-17?'))).toEqual([
      'order_status',
      { order: 'A-17' },
    ]);
    expect(talk.settle({ status: 'ok', result: { status: 'shipped', parcels: 2, isLate: false } }).say).toBe(
      'order status says: status: shipped, parcels: 2, is late: no.',
    );
  });

  test("a business's own tools are found by what they do and by the values that they take", () => {
    const stock = tool(
      'shop_query',
      { color: { enum: ['red', 'dark blue'] }, count: { type: 'integer' } },
      { required: ['color', 'count'], description: 'Find chairs in the warehouse.' },
    );
    const talk = new Talk([ORDER, stock]);
    expect(argumentsOf(talk.say('Have you got 4 chairs in dark blue?'))).toEqual([
      'shop_query',
      { color: 'dark blue', count: 4 },
    ]);
  });

  test("a business's own tools are asked for what they need, and nothing is guessed", () => {
    const talk = new Talk([ORDER]);
    expect(talk.say('order status please').say).toBe('For order status I need the order.');
    expect(argumentsOf(talk.say('it is B 22'))).toEqual(['order_status', { order: 'B 22' }]);
    expect(new Talk([ORDER]).say('order status please').call).toBeUndefined();
  });

  test("a business's own tools are left alone when the caller thinks better of it", () => {
    const talk = new Talk([ORDER]);
    talk.say('order status please');
    expect(talk.say('never mind').say).toMatch(/I leave that/);
    expect(talk.say('Are you open on Sunday?').say).toMatch(/closed/);
  });

  test("a business's own tools take arguments that are written out", () => {
    expect(argumentsOf(new Talk([ORDER]).say('order_status {"order": "C 3", "loud": true}'))).toEqual([
      'order_status',
      { order: 'C 3', loud: true },
    ]);
  });

  test("a business's own tools take a code by its pattern, a date and an e-mail address", () => {
    const ticket = tool(
      'open_ticket',
      {
        ref: { type: 'string', pattern: '^[A-Z]{2}\\d{3}$' },
        day: { type: 'string', format: 'date' },
        contact: { type: 'string', format: 'email' },
        note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      { required: ['ref', 'day', 'contact'] },
    );
    expect(
      argumentsOf(new Talk([ticket]).say('open a ticket for ab123 on monday, reach me at eve@example.com')),
    ).toEqual(['open_ticket', { ref: 'AB123', day: '2026-11-30', contact: 'eve@example.com' }]);
  });

  test.each([
    [
      { status: 'refused', reason: 'Closed then.' },
      'order status was refused, nothing was done. Closed then.',
    ],
    [
      { status: 'failed', reason: 'It failed.', problems: [{ path: 'order', problem: 'too short' }] },
      'order status failed. It failed. order: too short',
    ],
    [{ status: 'uncertain', reason: 'Say so.' }, 'It is not certain whether order status was done. Say so.'],
  ])("a business's own tools are not said to have done what they have not: %j", (output, told) => {
    const talk = new Talk([ORDER]);
    talk.say('status of order A-17');
    expect(talk.settle(output).say).toBe(told);
  });

  test("a business's own tools with an effect are agreed to first, also when only the engine asks for it", () => {
    const careful = tool(
      'place_order',
      { sku: { type: 'string' } },
      {
        required: ['sku'],
        description: 'Order a part. Read the details back to the caller and hear a yes before you call this.',
      },
    );
    const talk = new Talk([careful]);
    const asked = talk.say('place an order for X9');
    expect(asked).toEqual({ say: 'Place order. sku: X9. Shall I do that?' });
    expect(argumentsOf(talk.say('Yes please'))).toEqual(['place_order', { sku: 'X9' }]);

    const late = new Talk([ORDER]);
    late.say('status of order A-17');
    const refusal = {
      status: 'refused',
      reason: 'Not done yet. Read the details back to the caller, hear a yes',
    };
    expect(late.settle(refusal).say).toBe('Order status. order: A-17. Shall I do that?');
    expect(argumentsOf(late.say('yes'))).toEqual(['order_status', { order: 'A-17' }]);
  });
});
