import { describe, expect, test } from 'vitest';
import type { ToolOutcome } from '../../../src/machines/call/call.events.ts';
import { conclusionOf } from '../../../src/services/storage/rules/intent-steps.ts';
import { limitPassed } from '../../../src/services/storage/rules/text-limit.ts';

describe('an intent', () => {
  const now: ToolOutcome = { status: 'ok', output: '2' };
  const before: ToolOutcome = { status: 'ok', output: '1' };

  test('an intent keeps its first final outcome, and answers it from then on', () => {
    const tool = 'book';
    expect(conclusionOf({ tool, outcome: undefined }, { outcome: now, isFinal: true })).toEqual({
      step: 'keep',
      tool,
    });
    for (const isFinal of [true, false]) {
      expect(conclusionOf({ tool, outcome: before }, { outcome: now, isFinal })).toEqual({
        step: 'answer',
        outcome: before,
      });
    }
  });

  test('an intent is forgotten when nothing was done, and one that is not there keeps nothing', () => {
    const tool = 'book';
    expect(conclusionOf({ tool, outcome: undefined }, { outcome: now, isFinal: false })).toEqual({
      step: 'forget',
      tool,
    });
    expect(conclusionOf(undefined, { outcome: now, isFinal: true })).toEqual({
      step: 'answer',
      outcome: now,
    });
  });
});

describe('a text', () => {
  const limits = { perCall: 2, perDestinationAndDay: 3, perEngineAndDay: 4 };
  const counts = { ofCall: 1, ofDestinationAndDay: 2, ofEngineAndDay: 3, isRepeat: false };

  test.each([
    [{}, undefined],
    [{ ofCall: 2, ofDestinationAndDay: 3, ofEngineAndDay: 4, isRepeat: true }, 'call'],
    [{ ofDestinationAndDay: 3, ofEngineAndDay: 4, isRepeat: true }, 'destination'],
    [{ ofEngineAndDay: 4, isRepeat: true }, 'engine'],
    [{ isRepeat: true }, 'repeat'],
  ])('a text after %j goes past the limit %s', (more, limit) => {
    expect(limitPassed({ ...counts, ...more }, limits)).toBe(limit);
  });
});
