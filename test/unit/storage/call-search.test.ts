import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CallFilter, FoundCall } from '../../../src/services/storage/calls.port.ts';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { row } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 0, 1);

interface Told {
  readonly sid: string;
  readonly at?: number;
  readonly agent?: string;
  readonly from?: string;
  readonly words?: string;
  readonly isOver?: boolean;
  readonly rows?: readonly FeedEntry[];
}

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
  onTestFinished(() => {
    store.close();
  });
});

function tell({
  sid,
  at = FIRST_DAY,
  agent = 'default',
  from = '+12025550123',
  words,
  isOver = true,
  rows = [],
}: Told) {
  const all = [
    row(
      'call.accepted',
      { callSid: sid, agentId: agent, direction: 'inbound', from, to: '+12025550100' },
      { at, from: 'call', state: 'connecting' },
    ),
    ...(words === undefined ? [] : [row('caller.said', { itemId: 'i', text: words }, { at: at + 1000 })]),
    ...rows.map((each) => ({ ...each, at: at + 1500 })),
    ...(isOver
      ? [row('call.ended', { reason: 'completed' }, { at: at + 2000, from: 'call', state: 'ended' })]
      : []),
  ];
  store.append(
    sid,
    all.map((each) => ({ ...each, body: JSON.stringify(each.body) })),
  );
}

const find = (filter: Partial<CallFilter>) => store.query('findCalls', { limit: 50, ...filter });
const sids = (filter: Partial<CallFilter>) => find(filter).items.map(({ callSid }) => callSid);

describe('words', () => {
  beforeEach(() => {
    tell({ sid: 'CA1', words: 'I would like a haircut tomorrow.' });
    tell({ sid: 'CA2', at: FIRST_DAY + 1, words: 'Möchten Sie MORGEN kommen? Tomorrow!' });
    tell({ sid: 'CA3', at: FIRST_DAY + 2 });
  });

  test.each<[string, string[]]>([
    ['tomorrow', ['CA2', 'CA1']],
    ['TOMORROW haircut', ['CA1']],
    ['mochten', ['CA2']],
    ['hairc', ['CA1']],
    ['hairc tomorrow', []],
    ['hairc ', []],
    ['to', []],
    ['"haircut" OR tomorrow*', []],
    ['haircut\' AND words:"', []],
    ['yesterday', []],
  ])('the search for %s finds %j', (q, expected) => {
    expect(sids({ q })).toEqual(expected);
  });

  test('searched words that hold nothing to look for are refused', () => {
    expect(() => find({ q: '?! "' })).toThrow(/q has no word/);
  });

  test('searched words are text, whatever they are', () => {
    holds(
      fc.property(fc.string({ unit: 'binary' }), (q) => {
        try {
          expect(Array.isArray(find({ q }).items)).toBe(true);
        } catch (thrown) {
          expect(String(thrown)).toContain('q has no word');
        }
      }),
    );
  });

  test('words that come after the end are found all the same, and what was counted is counted once', () => {
    const late = row('caller.said', { itemId: 'late', text: 'goodbye', language: 'en' });
    store.append('CA1', [{ ...late, body: JSON.stringify(late.body) }]);
    expect(sids({ q: 'goodbye haircut' })).toEqual(['CA1']);
    const { calls, languages, endReasons } = store.query('analytics', {});
    expect({ calls, languages, endReasons }).toEqual({
      calls: 3,
      languages: [{ language: 'en', calls: 1 }],
      endReasons: [{ reason: 'completed', count: 3 }],
    });
  });
});

describe('a filter', () => {
  const settled = row('tool.settled', { toolCallId: 't', name: 'create_lead', outcome: { status: 'ok' } });
  const interrupted = row('turn.interrupted', { heard: [] }, { from: 'call' });
  beforeEach(() => {
    tell({ sid: 'CA1', rows: [settled, interrupted], words: 'hello' });
    tell({ sid: 'CA2', at: FIRST_DAY + DAY_MS, agent: 'salon', from: '+442079460999' });
    tell({
      sid: 'CA3',
      at: FIRST_DAY + 2 * DAY_MS,
      rows: [
        row(
          'caller.committed',
          {},
          {
            ...{ state: 'conversing.interrupted.cut', taken: ['call:x|y|0'] },
            regions: { turn: 'owed', tools: 'running.unspoken' },
          },
        ),
      ],
    });
    tell({ sid: 'CA4', at: FIRST_DAY + 3 * DAY_MS, agent: 'salon', isOver: false });
  });

  test.each<[Partial<CallFilter>, string[]]>([
    [{}, ['CA4', 'CA3', 'CA2', 'CA1']],
    [{ agent: 'salon' }, ['CA4', 'CA2']],
    [{ agent: 'salo' }, []],
    [{ number: '0123' }, ['CA4', 'CA3', 'CA1']],
    [{ number: '442079460999' }, ['CA2']],
    [{ number: '2025550100' }, ['CA4', 'CA3', 'CA2', 'CA1']],
    [{ number: '9994420' }, []],
    [{ visited: 'conversing.interrupted' }, ['CA3']],
    [{ visited: 'conversing.interrupted.cut' }, ['CA3']],
    [{ visited: 'conversing' }, ['CA3', 'CA1']],
    // A state of a call is the floor's: what stands beside it is none.
    [{ visited: 'turn.owed' }, []],
    [{ visited: 'tools' }, []],
    [{ state: 'turn.owed' }, []],
    [{ tool: 'create_lead' }, ['CA1']],
    [{ transition: 'call:x|y|0' }, ['CA3']],
    [{ endReason: 'completed' }, ['CA3', 'CA2', 'CA1']],
    [{ state: 'ended', agent: 'salon' }, ['CA2']],
    [{ state: 'connecting', agent: 'salon' }, ['CA4']],
    [{ state: 'connecting' }, ['CA4']],
    [{ from: FIRST_DAY + DAY_MS, to: FIRST_DAY + 3 * DAY_MS }, ['CA3', 'CA2']],
    [{ from: FIRST_DAY + DAY_MS, agent: 'default' }, ['CA3']],
    [{ to: FIRST_DAY, agent: 'default' }, []],
    [{ tool: 'create_lead', q: 'hello', visited: 'conversing', endReason: 'completed' }, ['CA1']],
    [{ tool: 'create_lead', q: 'goodbye' }, []],
  ])('the filter %j finds %j', (filter, expected) => {
    expect(sids(filter)).toEqual(expected);
  });

  test('a filter tells what is counted of a call that has ended, and nothing of one that has not', () => {
    const counted = ({ bargeIns, toolCalls, lastSpeaker }: FoundCall) => ({
      bargeIns,
      toolCalls,
      lastSpeaker,
    });
    const [live, , , ended] = find({}).items;
    expect(live && counted(live)).toEqual({ bargeIns: null, toolCalls: null, lastSpeaker: null });
    expect(ended && counted(ended)).toEqual({ bargeIns: 1, toolCalls: 1, lastSpeaker: 'caller' });
    expect(store.query('foundCall', { callSid: 'CA1' })).toEqual(ended);
    expect(store.query('foundCall', { callSid: 'CA9' })).toBeUndefined();
  });

  test.each<Partial<CallFilter>>([{}, { agent: 'default' }, { q: 'hello' }])(
    'a filter pages without a gap or a double while calls come in: %j',
    (filter) => {
      for (let i = 10; i < 40; i++) tell({ sid: `CA${String(i)}`, at: FIRST_DAY + i, words: 'hello' });
      const seen: string[] = [];
      let cursor: string | undefined;
      let came = 0;
      do {
        const page = find({ limit: 7, ...filter, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.items.map(({ callSid }) => callSid));
        cursor = page.nextCursor ?? undefined;
        tell({ sid: `CAnew${String(++came)}`, at: FIRST_DAY + 9 * DAY_MS, words: 'hello' });
      } while (cursor !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((sid) => /^CA[123]\d$/.test(sid))).toHaveLength(30);
      expect(seen.filter((sid) => sid.startsWith('CAnew'))).toEqual([]);
    },
  );
});

describe('what is counted of many calls', () => {
  const analytics = (range: { from?: string; to?: string; agent?: string } = {}) =>
    store.query('analytics', range);

  test('what is counted of many calls is the same, whatever months it spans, and whatever waits to be added up', () => {
    for (let day = 0; day < 100; day++) {
      tell({ sid: `CA${String(day)}`, at: FIRST_DAY + day * DAY_MS, agent: `agent${String(day % 3)}` });
    }
    holds(
      fc.property(
        fc.nat(120),
        fc.nat(120),
        fc.constantFrom(undefined, 'agent0', 'agent1', 'agent7'),
        (first, last, agent) => {
          const date = (day: number) => new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10);
          const expected = Array.from({ length: 100 }, (_, day) => day).filter(
            (day) =>
              day >= first && day <= last && (agent === undefined || agent === `agent${String(day % 3)}`),
          );
          const told = analytics({
            from: date(first),
            to: date(last),
            ...(agent === undefined ? {} : { agent }),
          });
          expect(told.calls).toBe(expected.length);
          expect(told.perDay).toEqual(expected.map((day) => ({ day: date(day), calls: 1, totalMs: 2000 })));
          expect(told.durations.totalMs).toBe(2000 * expected.length);
        },
      ),
    );
    expect(analytics().calls).toBe(100);
  });

  test('what is counted of many calls is nothing before the first call', () => {
    expect(analytics()).toEqual({
      pending: 0,
      perDay: [],
      calls: 0,
      durations: { totalMs: 0, averageMs: null, p50Ms: null, p95Ms: null },
      latency: { turns: 0, atLeast: 0, p50Ms: null, p95Ms: null },
      endReasons: [],
      bargeIns: { total: 0, callsWithAny: 0 },
      tools: [],
      usage: {
        ...{ inputTextTokens: 0, inputAudioTokens: 0, cachedTokens: 0 },
        ...{ outputTextTokens: 0, outputAudioTokens: 0, transcribedSeconds: 0 },
      },
      languages: [],
      transitions: [],
      states: [],
      untaken: [],
    });
  });
});
