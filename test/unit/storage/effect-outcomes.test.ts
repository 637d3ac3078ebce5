import { expect, test } from 'vitest';
import type { ToolOutcome } from '../../../src/machines/call/call.events.ts';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';

const done: ToolOutcome = { status: 'ok', output: '{"status":"ok"}' };
const failed: ToolOutcome = { status: 'failed', output: '{"status":"failed"}' };

test('what the effects of a call came to is told by tool call, without those that were not had or are not over', () => {
  const store = openStore(':memory:');
  const ends = { undoes: [], isLate: false, at: 0 };
  const intend = (callSid: string, tool: string) => {
    store.transact('intendEffect', {
      key: `${callSid}:${tool}`,
      callSid,
      tool,
      toolCallId: `${tool}_1`,
      at: 0,
    });
  };
  const conclude = (callSid: string, tool: string, outcome: ToolOutcome, isFinal: boolean) => {
    store.transact('concludeEffect', { ...ends, key: `${callSid}:${tool}`, callSid, outcome, isFinal });
  };
  for (const callSid of ['CA1', 'CA2']) for (const tool of ['lead', 'text', 'booking']) intend(callSid, tool);
  conclude('CA1', 'lead', done, true);
  conclude('CA1', 'text', failed, false);

  expect(store.query('effectOutcomes', { callSid: 'CA1' })).toEqual([
    { toolCallId: 'lead_1', outcome: done },
  ]);
  expect(store.query('effectOutcomes', { callSid: 'CA2' })).toEqual([]);
  store.close();
});
