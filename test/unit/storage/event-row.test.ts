import { describe, expect, test } from 'vitest';
import { bodyOf, jsonOfBody } from '../../../src/services/storage/folds/event-row.ts';
import { row } from '../../support/call-rows.ts';
import { storeJournal } from '../../support/stored-calls.ts';

const MAX = 65_536;

describe('the body of a row', () => {
  test('the body of a row is stored as it is up to 64 KB', () => {
    const body = { itemId: 'i', text: 'x'.repeat(60_000), taken: ['a', 'b'] };
    expect(jsonOfBody(body)).toBe(JSON.stringify(body));
  });

  test('the body of a row that is longer has its texts cut, and keeps everything else', () => {
    const request = { toolCallId: 't1', name: 'create_lead', argumentsJson: '"'.repeat(4_000_000) };
    const json = jsonOfBody({ request, taken: ['a'] });
    expect(json.length).toBeLessThan(MAX);
    expect(bodyOf(json)).toEqual({
      request: { ...request, argumentsJson: `${'"'.repeat(8191)}…` },
      taken: ['a'],
    });
  });

  test.each([
    ['a list of a million numbers', { itemId: 'i', list: Array.from({ length: 1_000_000 }, () => 7) }],
    [
      'a hundred thousand fields',
      { itemId: 'i', ...Object.fromEntries(Array.from({ length: 1e5 }, (_, n) => [`f${String(n)}`, n])) },
    ],
    ['a name of a megabyte', { itemId: 'i', ['n'.repeat(1_000_000)]: 1 }],
    [
      'nothing that can be told',
      { itemId: 'i', list: Array.from({ length: 1e5 }, () => 'x'), none: undefined },
    ],
  ])('the body of a row of %s keeps its short fields, and says so', (_what, body) => {
    const json = jsonOfBody(body);
    expect(json.length).toBeLessThan(MAX);
    expect(bodyOf(json)).toMatchObject({ itemId: 'i', tooLarge: true });
  });

  test('the body of a row is bounded however it comes into the journal', async () => {
    const { journal } = storeJournal();
    const text = 'x'.repeat(1_000_000);
    const call = { callSid: 'CA1', agentId: text, direction: 'inbound', from: 'a', to: 'b', at: 1 } as const;
    await journal.transact('acceptCall', call);
    await journal.transact('append', { callSid: 'CA1', rows: [row('caller.said', { text })] });
    for (const { body } of await journal.query('events', { callSid: 'CA1' })) {
      expect(JSON.stringify(body).length).toBeLessThan(MAX);
    }
  });
});
