import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { createLead } from '../../../src/services/tools/house/create-lead.ts';
import { callOf, journalInMemory, read, type ToolBench, toolBench } from '../../support/tool-call.ts';

let journal: Journal;
let bench: ToolBench;
beforeAll(async () => {
  journal = await journalInMemory();
  bench = toolBench([createLead(journal)]);
});
afterAll(() => journal.close());

const leadsOf = async (callSid: string) =>
  (await journal.query('leads', { limit: 200 })).items.filter((lead) => lead.callSid === callSid);

describe('create_lead', () => {
  test('create_lead notes the number of the caller when none is said', async () => {
    const call = callOf();
    expect((await bench.ask(call, 'create_lead', { name: '  Ann\n Lee ' })).status).toBe('ok');
    expect(await leadsOf(call.callSid)).toMatchObject([
      { name: 'Ann Lee', phone: '+12025550123', email: null, interest: null, notes: null },
    ]);
  });

  test.each([
    ['the number that was said', { phone: '(202) 555-0177' }, {}, '+12025550177'],
    [
      'the words that were said, when they are no number',
      { phone: 'the one on my card' },
      {},
      'the one on my card',
    ],
    ['nothing, of a caller who withholds it', {}, { from: 'anonymous' }, null],
    [
      'the number called, of a call that the engine placed',
      {},
      { direction: 'outbound', from: '+12025550100', to: '+12025550144' } as const,
      '+12025550144',
    ],
  ])('create_lead notes %s', async (_what, args, facts, phone) => {
    const call = callOf(facts);
    await bench.ask(call, 'create_lead', { name: 'Ann', ...args });
    expect((await leadsOf(call.callSid))[0]?.phone).toBe(phone);
  });

  test('create_lead is one lead for equal requests, also at the same time, and another for other words', async () => {
    const call = callOf();
    const same = { name: 'Ann', interest: 'a fitting' };
    const outcomes = await Promise.all([
      bench.ask(call, 'create_lead', same),
      bench.ask(call, 'create_lead', { interest: 'a  fitting', name: 'Ann' }),
      bench.ask(call, 'create_lead', { ...same, notes: 'after six' }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(outcomes.map((outcome) => read(outcome).repeated)).toEqual([undefined, true, undefined]);
    expect(await leadsOf(call.callSid)).toHaveLength(2);
  });

  test('create_lead is one lead also for a process that starts anew', async () => {
    const call = callOf();
    await bench.ask(call, 'create_lead', { name: 'Ann' });
    await toolBench([createLead(journal)]).ask(call, 'create_lead', { name: 'Ann' });
    expect(await leadsOf(call.callSid)).toHaveLength(1);
  });
});
