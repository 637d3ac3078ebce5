import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import {
  addSums,
  callSumsOf,
  noSums,
  statesAround,
} from '../../../src/services/storage/folds/call-sums.fold.ts';
import { quantileOf, stepOf } from '../../../src/services/storage/folds/spread.ts';
import { anyRow, row, stored } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

const accepted = row('call.accepted', {
  callSid: 'CA1',
  agentId: 'a',
  direction: 'inbound',
  from: '',
  to: '',
});
const at = (ms: number, state: string, event = 'fact', body = {}) =>
  row(event, body, { at: 1000 + ms, state });

describe('what is counted of a call', () => {
  test('what is counted of a call is how long it dwelt in each state, and in the states around it', () => {
    const { states } = callSumsOf(
      stored(
        { ...accepted, at: 1000, state: 'connecting' },
        at(100, 'conversing.listening.quiet'),
        at(1100, 'conversing.listening.callerSpeaking'),
        at(1200, 'conversing.listening.callerSpeaking'),
        at(1600, 'conversing.responding'),
        at(2600, 'conversing.listening.quiet'),
        at(3600, 'ended', 'call.ended', { reason: 'completed' }),
        at(9999, 'ended', 'message.settled'),
      ),
    );
    const shown = Object.entries(states).map(([path, { visits, dwell }]) => [
      path,
      visits,
      quantileOf(dwell, 0.5),
    ]);
    expect(shown.sort()).toEqual([
      ['connecting', 1, near(100)],
      ['conversing', 1, near(3500)],
      ['conversing.listening', 2, near(1000)],
      ['conversing.listening.callerSpeaking', 1, near(500)],
      ['conversing.listening.quiet', 2, near(1000)],
      ['conversing.responding', 1, near(1000)],
    ]);
  });

  test('what is counted of a call is what was taken, and what was not', () => {
    const { transitions, untaken } = callSumsOf(
      stored(
        accepted,
        row('caller.committed', {}, { taken: ['k1', 'k2'] }),
        row('caller.committed', {}, { taken: ['k1'] }),
        row('digit.pressed', {}, { state: 'ending.closing', taken: [] }),
      ),
    );
    expect({ ...transitions }).toEqual({ k1: { taken: 2, calls: 1 }, k2: { taken: 1, calls: 1 } });
    expect({ ...untaken }).toEqual({ 'digit.pressed ending.closing': 1 });
  });

  test('what is counted of a call is the language spoken last, tools by outcome, barge-ins and what models count', () => {
    const usage = { kind: 'response', inputTextTokens: 3, seconds: 0.5 };
    const sums = callSumsOf(
      stored(
        accepted,
        row('caller.said', { itemId: '1', text: 'hi', language: 'en' }),
        row('caller.said', { itemId: '2', text: 'hola', language: 'es' }),
        row('tool.settled', { name: 'create_lead', outcome: { status: 'ok' } }),
        row('tool.settled', { name: '__proto__', outcome: { status: 'refused' } }),
        row('turn.interrupted'),
        row('turn.interrupted'),
        row('usage.reported', { usage }),
        row('usage.reported', { usage }),
      ),
    );
    expect(sums).toMatchObject({
      bargeIns: 2,
      callsWithBargeIn: 1,
      usage: { inputTextTokens: 6, seconds: 1 },
    });
    expect({ ...sums.languages }).toEqual({ es: 1 });
    expect(Object.entries(sums.tools).map(([name, counts]) => [name, { ...counts }])).toEqual([
      ['create_lead', { ok: 1 }],
      ['__proto__', { refused: 1 }],
    ]);
  });

  test('what is counted of a call never throws, can be added in any order, and taken away again', () => {
    holds(
      fc.property(someRows, someRows, (one, other) => {
        const [a, b] = [callSumsOf(stored(...one)), callSumsOf(stored(...other))];
        const ab = addSums(addSums(noSums(), a), b);
        const ba = addSums(addSums(noSums(), b), a);
        expect(sorted(ab)).toEqual(sorted(ba));
        addSums(ab, b, -1);
        expect(withoutZeros(ab)).toEqual(withoutZeros(addSums(noSums(), a)));
      }),
    );
  });
});

describe('a distribution', () => {
  test('a distribution tells its quantiles within 5 %', () => {
    holds(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1 }), (values) => {
        const spread: Record<string, number> = {};
        for (const ms of values) spread[stepOf(ms)] = (spread[stepOf(ms)] ?? 0) + 1;
        const inOrder = [...values].sort((a, b) => a - b);
        for (const share of [0.5, 0.95, 1]) {
          const exact = inOrder[Math.ceil(share * values.length) - 1] ?? 0;
          const told = quantileOf(spread, share) ?? -1;
          expect(Math.abs(told - exact)).toBeLessThanOrEqual(0.05 * exact + 1);
        }
      }),
    );
  });

  test('a distribution of nothing has no quantile, and one of no time at all is 0', () => {
    expect(quantileOf({}, 0.5)).toBeNull();
    expect(quantileOf({ [stepOf(0)]: 3 }, 0.5)).toBe(0);
  });
});

test('a state is in all states around it', () => {
  expect(statesAround('a.b.c')).toEqual(['a', 'a.b', 'a.b.c']);
  expect(statesAround('')).toEqual([]);
});

/** Any rows of one call, with what is counted among the fields of their bodies; time does not run backwards in a log. */
const someRows = fc
  .array(
    fc.tuple(
      anyRow,
      fc.integer({ min: 1, max: 1e12 }),
      fc.record(
        {
          language: fc.jsonValue(),
          usage: fc.oneof(fc.dictionary(fc.string(), fc.nat()), fc.constantFrom(null, 'much', [-1])),
        },
        { requiredKeys: [] },
      ),
    ),
  )
  .map((rows) =>
    rows
      .map(
        ([each, time, counted]) => ({ ...each, at: time, body: { ...each.body, ...counted } }) as FeedEntry,
      )
      .sort((a, b) => a.at - b.at),
  );

/** Within the 5 % of a distribution's steps. */
const near = (ms: number) => expect.closeTo(ms, 0 - Math.log10(ms * 0.1)) as number;

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, inner]) => [key, sorted(inner)])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    : value;

const withoutZeros = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, inner]): [string, unknown] => [key, withoutZeros(inner)])
        .filter(([, inner]) => inner !== 0 && !(Array.isArray(inner) && inner.length === 0))
        .sort(([a], [b]) => (a < b ? -1 : 1))
    : value;
