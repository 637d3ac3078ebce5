import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolOutcome } from '../../../src/machines/call/call.events.ts';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { unfinishedCallOf } from '../../../src/services/calls/unfinished/unfinished-call.ts';
import { anyRow, row, stored } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

const QUIET = { state: 'conversing.listening.quiet' };
const accepted = row('call.accepted', { callSid: 'CA1' }, { state: 'connecting', at: 1000 });
const began = row('call.began', { canTransfer: true }, { state: 'connecting', at: 1000 });

const found = (rows: readonly FeedEntry[], outcomes: readonly (readonly [string, ToolOutcome])[] = []) =>
  unfinishedCallOf(stored(accepted, began, ...rows), { now: 61_000, outcomes: new Map(outcomes) });

function restored(...args: Parameters<typeof found>) {
  const call = found(...args);
  if (!('restored' in call)) throw new Error(`over: ${call.over}`);
  return { ...call.restored, comebacks: call.comebacks, answers: call.answers };
}

describe('the conversation of an unfinished call', () => {
  test('what was being said when the process ended has its place and no words', () => {
    const { history } = restored([
      row('agent.startedItem', { itemId: 'item_1' }),
      row('agent.said', { itemId: 'item_1', text: 'Hello.' }),
      row('caller.committed', { itemId: 'item_2' }),
      row('agent.startedItem', { itemId: 'item_3' }),
      row('playback.started'),
      row('caller.said', { itemId: 'item_2', text: 'Do you open on Sundays?' }),
    ]);
    expect(history).toEqual([
      { role: 'assistant', itemId: 'item_1', text: 'Hello.' },
      { role: 'user', itemId: 'item_2', text: 'Do you open on Sundays?' },
      { role: 'assistant', itemId: 'item_3', text: undefined },
    ]);
  });

  test('words that were held back at first are those of the conversation', () => {
    const { history } = restored([
      row('caller.committed', { itemId: 'item_1' }),
      row('caller.said', { itemId: 'item_1', text: '•' }),
      row('caller.reworded', { itemId: 'item_1', text: 'Four of us.' }),
      row('agent.startedItem', { itemId: 'item_2' }),
      row('agent.said', { itemId: 'item_2', text: '•' }),
      row('agent.reworded', { itemId: 'item_2', text: 'For four.' }),
    ]);
    expect(history).toMatchObject([{ text: 'Four of us.' }, { text: 'For four.' }]);
  });
});

describe('a tool that was at work when the process ended', () => {
  const request = { toolCallId: 'fc1', name: 'create_lead', argumentsJson: '{}' };
  const requested = row('tool.requested', { request });
  const effect = { key: 'CA1:create_lead', tool: 'create_lead' };
  const intended = row('effect.intended', { ...effect, toolCallId: 'fc1' });
  const outcome: ToolOutcome = { status: 'ok', output: '{"status":"ok","result":{}}' };

  test('is answered with what its effect came to', () => {
    const { answers, history } = restored([requested, intended], [['fc1', outcome]]);
    expect(answers).toEqual([{ toolCallId: 'fc1', output: outcome.output }]);
    expect(history).toEqual([{ request, output: outcome.output }]);
  });

  test('is answered with what it had settled with, where only the model was not told', () => {
    const settled = row('tool.settled', { toolCallId: 'fc1', outcome });
    expect(restored([requested, settled]).answers).toEqual([{ toolCallId: 'fc1', output: outcome.output }]);
  });

  test('is answered that it failed, where nothing was done', () => {
    const concluded = row('effect.concluded', { ...effect, status: 'failed' });
    const [answer] = restored([requested, intended, concluded]).answers;
    expect(JSON.parse(answer?.output ?? '')).toMatchObject({ status: 'failed', error: 'TOOL_FAILED' });
  });

  test.each([[[]], [[intended]]])(
    'is answered that nobody knows whether it was done, and that asking again does nothing twice',
    (rows) => {
      const [answer] = restored([requested, ...rows]).answers;
      const { status, reason } = JSON.parse(answer?.output ?? '') as { status: string; reason: string };
      expect(status).toBe('uncertain');
      expect(reason).toContain('it is not known whether this was done');
      expect(reason).toContain('what was done is not done again');
    },
  );

  test('has no second answer when the call goes on once more', () => {
    const answers = [{ toolCallId: 'fc1', output: '{"status":"uncertain"}' }];
    const again = restored([requested, row('call.resumed', { answers })]);
    expect(again.answers).toEqual([]);
    expect(again.history).toEqual([{ request, output: '{"status":"uncertain"}' }]);
  });
});

describe('how an unfinished call goes on', () => {
  test.each([
    ['connecting', [], 'greeting'],
    ['conversing.greeting.awaited', [], 'greeting'],
    ['conversing.greeting.audible', [row('playback.started')], 'reply'],
    ['conversing.listening.quiet', [row('playback.started')], 'nothing'],
    ['conversing.listening.callerSpeaking.talking', [row('playback.started')], 'reply'],
    ['conversing.toolExecuting.running', [row('playback.started')], 'reply'],
    ['transferring.dialing', [row('playback.started')], 'transfer'],
    ['transferring.connected', [row('playback.started')], 'transfer'],
    ['transferring.returning', [row('playback.started')], 'reply'],
    ['awaitingStream.greetingOwed', [], 'greeting'],
    ['awaitingStream.quiet', [], 'nothing'],
    ['awaitingStream.replyOwed', [], 'reply'],
  ])('a call that stood in %s owes its caller what follows from that', (state, rows, owed) => {
    expect(restored([...rows, row('caller.committed', {}, { state })]).owed).toBe(owed);
  });

  test('a transfer that was being announced is announced again, where there is somebody to transfer to', () => {
    const announcing = row('playback.finished', {}, { state: 'transferring.announcing' });
    expect(restored([announcing])).toMatchObject({ owed: 'reply', consequence: 'transfer' });
    const alone = row('call.began', { canTransfer: false }, { state: 'connecting' });
    const call = unfinishedCallOf(stored(accepted, alone, announcing), { now: 0, outcomes: new Map() });
    expect(call).toMatchObject({ restored: { consequence: 'none' } });
  });

  test('how long a call has lasted is counted from its beginning, whatever processes it had', () => {
    expect(restored([]).elapsedMs).toBe(60_000);
    expect(restored([row('call.resumed', {}, { at: 40_000, ...QUIET })]).elapsedMs).toBe(60_000);
  });

  test('each lost stream and each lost process of a call is counted, with its time', () => {
    const waiting = { state: 'awaitingStream.quiet' };
    const { resumes, comebacks } = restored([
      row('phone.lost', {}, { at: 10_000, ...waiting }),
      row('caller.said', {}, { at: 11_000, ...waiting }),
      row('call.resumed', {}, { at: 20_000, ...waiting }),
      row('phone.attached', {}, { at: 21_000, ...QUIET }),
      row('phone.lost', {}, { at: 30_000, ...waiting }),
    ]);
    expect(resumes).toBe(3);
    expect(comebacks).toEqual([10_000, 20_000, 30_000]);
  });

  test('the tools that a call had kept are those that it keeps', () => {
    expect(restored([]).keptTools).toBeUndefined();
    const kept = [row('keepTools', { names: ['a', 'b'] }), row('keepTools', { names: ['a'] })];
    expect(restored(kept).keptTools).toEqual(['a']);
  });

  test('a call that had ended, or was about to end, does not go on', () => {
    const ending = { state: 'ending.settling' };
    expect(found([row('call.ended', { reason: 'transferred' })])).toEqual({ over: 'transferred' });
    expect(found([row('phone.stopped', {}, ending)])).toEqual({ over: 'caller_hung_up' });
    expect(found([row('phone.completed', { failed: true }, ending)])).toEqual({ over: 'failed' });
  });

  test('no rows are such that nothing can be said of a call', () => {
    holds(
      fc.property(fc.array(anyRow), (rows) => {
        const call = found(rows);
        if ('restored' in call) expect(call.restored.history).toBeDefined();
        else expect(call.over).toBeDefined();
      }),
    );
  });
});
