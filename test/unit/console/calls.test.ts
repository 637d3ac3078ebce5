import { describe, expect, test } from 'vitest';
import { areSet, filtersOf, NO_FILTERS, queryOf, unfinished } from '../../../console/calls/filters.ts';
import { afterMessage, afterMoment, MOST_SAMPLES, NO_CALLS } from '../../../console/calls/live-list.ts';
import type { LiveCall } from '../../../src/protocol/console-live.ts';

describe('the search', () => {
  test('the search for calls asks only for what is set, and of a number only for its digits', () => {
    const filters = { ...NO_FILTERS, q: ' cleaning tomorrow ', number: '+1 (202) 555' };
    expect(queryOf(filters, 50, 'next')).toBe(
      'state=ended&limit=50&q=cleaning+tomorrow&number=1202555&cursor=next',
    );
    expect(queryOf(NO_FILTERS, 50, null)).toBe('state=ended&limit=50');
  });

  test('the search for calls waits for three digits of a number', () => {
    expect(unfinished({ ...NO_FILTERS, number: '20' })).toMatch(/three digits/);
    expect(unfinished({ ...NO_FILTERS, number: '202' })).toBeUndefined();
    expect(unfinished(NO_FILTERS)).toBeUndefined();
  });

  test('the search for calls is what the history has kept, whatever that is', () => {
    const filters = { ...NO_FILTERS, tool: 'send_sms' };
    expect(filtersOf(structuredClone(filters))).toEqual(filters);
    for (const kept of [null, undefined, 'text', 7, { q: 7, number: null }])
      expect(filtersOf(kept)).toEqual(NO_FILTERS);
    expect(areSet(filters)).toBe(true);
    expect(areSet(NO_FILTERS)).toBe(false);
  });
});

describe('the live list', () => {
  const call = (callSid: string, more: Partial<LiveCall> = {}): LiveCall => ({
    callSid,
    agentId: 'default',
    direction: 'inbound',
    from: '+12025550123',
    to: '+12025550100',
    isTest: false,
    state: 'conversing.greeting.audible',
    startedAt: `2026-11-25T09:00:0${callSid.slice(-1)}.000Z`,
    isAwaited: false,
    speaking: null,
    activity: 0,
    ...more,
  });

  test('the live list has the newest call on top', () => {
    const list = afterMessage(NO_CALLS, [call('CA1'), call('CA2')], true);
    expect(list.calls.map(({ callSid }) => callSid)).toEqual(['CA2', 'CA1']);
  });

  test('the live list takes what has changed, and lets go of what is over', () => {
    const first = afterMessage(NO_CALLS, [call('CA1'), call('CA2')], true);
    const changed = afterMessage(
      first,
      [call('CA1', { speaking: 'caller' }), call('CA2', { state: 'ended' })],
      false,
    );
    expect(changed.calls).toMatchObject([{ callSid: 'CA1', speaking: 'caller' }]);
    expect(changed.left).toEqual(['CA2']);
  });

  test('the live list forgets calls that a whole list does not have: they ended while the line was down', () => {
    const first = afterMessage(NO_CALLS, [call('CA1'), call('CA2')], true);
    const whole = afterMessage(first, [call('CA2')], true);
    expect(whole.calls).toHaveLength(1);
    expect(whole.left).toEqual(['CA1']);
  });

  test('the live list remembers half a minute of the line, through every change', () => {
    let list = afterMessage(NO_CALLS, [call('CA1')], true);
    for (let moment = 0; moment < MOST_SAMPLES + 5; moment++) {
      list = afterMessage(
        list,
        [call('CA1', { speaking: moment % 2 === 0 ? 'agent' : 'caller', activity: 0.5 })],
        false,
      );
      list = afterMoment(list);
    }
    expect(list.calls[0]?.samples).toHaveLength(MOST_SAMPLES);
    expect(list.calls[0]?.samples.at(-1)).toEqual({ speaking: 'agent', activity: 0.5 });
  });
});
