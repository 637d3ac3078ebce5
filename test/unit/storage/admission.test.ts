import { beforeEach, describe, expect, test } from 'vitest';
import type { AdmissionTerms, PlacingTerms } from '../../../src/services/storage/admission.port.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';

const PHONE = '+12025550123';
const DAY = '2026-11-25';
const NO_CEILINGS = { calls: null, modelMs: null, costMicros: null };

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
  return () => {
    store.close();
  };
});

const admit = (callSid: string, terms: Partial<AdmissionTerms> = {}) =>
  store.transact('admitCall', {
    ...{ callSid, agentId: 'default', direction: 'inbound', from: PHONE, to: '+12025550100', at: 1000 },
    terms: {
      ...{ at: 1000, day: DAY, ceilings: NO_CEILINGS, phone: PHONE },
      caller: { phone: PHONE, perHour: 2 },
      ...terms,
    },
  });
const place = (key: string, terms: Partial<PlacingTerms> = {}) =>
  store.transact('admitPlacing', {
    ...{ key, from: '+12025550100', to: PHONE, agentId: 'default', at: 1000 },
    terms: { at: 1000, day: DAY, ceilings: NO_CEILINGS, phone: PHONE, placedPerDay: 2, ...terms },
  });
const spent = (day = DAY) => store.query('spending', { day });

describe('a call that is admitted', () => {
  test('a call that is admitted is counted once, and its log is that of any call', () => {
    expect(admit('CA1')).toEqual({ epoch: 1, isNew: true });
    expect(admit('CA1')).toEqual({ epoch: 1, isNew: false });
    expect(spent()).toEqual({ calls: 1, modelMs: 0, costMicros: 0 });
    expect(store.query('events', { callSid: 'CA1' })).toMatchObject([
      { event: 'call.accepted', body: { callSid: 'CA1', from: PHONE } },
    ]);
    expect(JSON.stringify(store.query('events', { callSid: 'CA1' }))).not.toContain('terms');
  });

  test('a call that is admitted is asked about again after every limit is reached', () => {
    admit('CA1');
    expect(admit('CA1', { ceilings: { calls: 0, modelMs: 0, costMicros: 0 } })).toEqual({
      ...{ epoch: 1, isNew: false },
    });
  });

  test('a call that is admitted may not come back when it has ended', () => {
    admit('CA1');
    store.transact('endCall', { callSid: 'CA1', reason: 'completed', at: 2000 });
    expect(admit('CA1')).toBeUndefined();
  });
});

describe('a call that is refused', () => {
  test('a call that is refused leaves nothing', () => {
    store.transact('blockNumber', { phone: PHONE, at: 0 });
    expect(admit('CA1')).toEqual({ refused: 'blocked' });
    expect(store.query('events', { callSid: 'CA1' })).toEqual([]);
    expect(spent()).toEqual({ calls: 0, modelMs: 0, costMicros: 0 });
    store.transact('unblockNumber', { phone: PHONE });
    expect(admit('CA1')).toMatchObject({ isNew: true });
  });

  test.each([
    ['calls', 'day_calls', 1],
    ['modelMs', 'day_minutes', 60_000],
    ['costMicros', 'day_cost', 5_000_000],
  ] as const)('a call that is refused is one too many by %s', (sum, refused, ceiling) => {
    admit('CA1');
    store.transact('addSpending', { day: DAY, modelMs: 60_000, costMicros: 5_000_000 });
    expect(admit('CA2', { ceilings: { ...NO_CEILINGS, [sum]: ceiling } })).toEqual({ refused });
    expect(admit('CA2', { ceilings: { ...NO_CEILINGS, [sum]: ceiling + 1 } })).toMatchObject({ isNew: true });
  });

  test('a call that is refused frees the hour of a clock that was far ahead, and not of one that was set back', () => {
    const hour = 3_600_000;
    for (const callSid of ['CA1', 'CA2']) admit(callSid, { at: 10 * hour });
    expect(admit('CA3', { at: 9.5 * hour })).toEqual({ refused: 'caller_per_hour' });
    expect(admit('CA3', { at: hour })).toMatchObject({ isNew: true });
  });

  test('calls that are refused are kept once, the last 500 of 30 days', () => {
    const note = (n: number, at: number) => {
      store.transact('noteRefusal', { callSid: `CA${String(n)}`, phone: PHONE, cause: 'full', at });
    };
    for (let n = 0; n < 600; n++) note(n, 1000 + n);
    note(599, 9000);
    const all: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = store.query('refusedCalls', { limit: 200, ...(cursor !== undefined && { cursor }) });
      all.push(...page.items.map(({ callSid }) => callSid));
      cursor = page.nextCursor;
    }
    expect(all).toHaveLength(500);
    expect(all[0]).toBe('CA599');
    note(600, 1500 + 30 * 86_400_000);
    expect(store.query('refusedCalls', { limit: 200 }).items.length).toBe(100);
  });
});

describe('a call that is to be placed', () => {
  test('a call that is to be placed is counted among the calls of the day, once per key', () => {
    const one = place('a');
    expect(place('a', { placedPerDay: 0 })).toEqual(one);
    expect(spent()).toMatchObject({ calls: 1 });
  });

  test('a call that is to be placed is one too many after so many on one day', () => {
    place('a');
    place('b');
    expect(place('c')).toEqual({ refused: 'placed_per_day' });
    expect(place('c', { placedPerDay: null })).toHaveProperty('id');
    expect(place('d', { day: '2026-11-26' })).toHaveProperty('id');
  });

  test('a call that is to be placed does not leave for a number that is blocked, or past a ceiling', () => {
    expect(place('a', { ceilings: { ...NO_CEILINGS, calls: 0 } })).toEqual({ refused: 'day_calls' });
    store.transact('blockNumber', { phone: PHONE, at: 0 });
    expect(place('a')).toEqual({ refused: 'blocked' });
    expect(store.query('outboxDue', { at: 9000, limit: 9 }).ids).toEqual([]);
  });
});

describe('a blocked number', () => {
  test('a blocked number stays as it was blocked, and is listed newest first', () => {
    const block = (phone: string, at: number) => store.transact('blockNumber', { phone, at });
    expect(block(PHONE, 1000)).toEqual({ phone: PHONE, blockedAt: '1970-01-01T00:00:01.000Z' });
    expect(block(PHONE, 5000)).toEqual({ phone: PHONE, blockedAt: '1970-01-01T00:00:01.000Z' });
    block('+12025550188', 2000);
    const { items } = store.query('blockedNumbers', { limit: 9 });
    expect(items.map(({ phone }) => phone)).toEqual(['+12025550188', PHONE]);
    expect(store.transact('unblockNumber', { phone: PHONE })).toBe(true);
    expect(store.transact('unblockNumber', { phone: PHONE })).toBe(false);
  });
});
