import { describe, expect, test } from 'vitest';
import { lengthText, shareText } from '../../../console/analytics/figures.ts';
import { everyDay, lastDays, periodOf, periodTrouble, queryOf } from '../../../console/analytics/period.ts';
import { edgeTraffic, lineTraffic, untakenByEvent } from '../../../console/analytics/traffic.ts';
import type { Analytics } from '../../../src/protocol/console-analytics.ts';
import type { ChartPicture } from '../../../src/protocol/console-chart.ts';
import { chartPicture } from '../../support/chart-picture.ts';

const edge = (id: string, target: string | null, line: number | null): ChartPicture['edges'][number] => ({
  id,
  source: 'call.a',
  target,
  event: 'x',
  label: 'x',
  kind: 'event',
  guard: null,
  actions: [],
  note: null,
  line,
});

const picture = {
  nodes: [
    { id: 'call.a', path: 'a' },
    { id: 'call.b', path: 'b' },
  ],
  edges: [
    edge('rare', 'call.b', 0),
    edge('often', 'call.b', 0),
    edge('never', 'call.b', 1),
    edge('stays', null, null),
  ],
  lines: [
    { points: [], edges: ['rare', 'often'], label: null },
    { points: [], edges: ['never'], label: null },
    { points: [], edges: [], label: null },
  ],
  regions: [],
} as unknown as ChartPicture;

const analytics = {
  transitions: [
    { id: 'often', count: 99, calls: 40 },
    { id: 'rare', count: 1, calls: 1 },
    { id: 'stays', count: 25, calls: 25 },
    { id: 'of yesterday', count: 7, calls: 7 },
  ],
} as Analytics;

describe('the traffic on the chart', () => {
  test('the traffic on the chart tells every transition, the most taken first, those never taken too', () => {
    expect(edgeTraffic(picture, analytics).map(({ edge: { id }, count }) => [id, count])).toEqual([
      ['often', 99],
      ['stays', 25],
      ['rare', 1],
      ['never', 0],
    ]);
    expect(edgeTraffic(picture, analytics)[0]).toMatchObject({ source: 'a', target: 'b', calls: 40 });
    expect(edgeTraffic(picture, analytics)[1]?.target).toBeNull();
  });

  test('the traffic on the chart says in which state of which region a transition begins, and of the root nothing', () => {
    const chart = chartPicture();
    const ways = edgeTraffic(chart, analytics).map(({ edge, source, target }) => [
      edge.label,
      source,
      target,
    ]);
    expect(ways).toContainEqual(['reply.asked', 'turn.owed', 'turn.answered']);
    expect(ways).toContainEqual(['after maxCall', 'clock', 'clock.overdue']);
    const inRegions = ways.filter(([, source]) =>
      chart.regions.some(({ name }) => source?.split('.')[0] === name),
    );
    expect(inRegions).toHaveLength(
      chart.edges.filter(({ source }) => /\.alive\.(?!floor)/.test(source)).length,
    );
    expect(ways.filter(([, source]) => source === '').length).toBeGreaterThan(0);
  });

  test('the traffic on the chart draws a line for the sum of what it stands for, the busiest thickest', () => {
    expect(lineTraffic(picture.lines, analytics)).toEqual([
      { count: 100, width: 9, heat: 1, isNeverTaken: false },
      { count: 0, width: 1.2, heat: 0, isNeverTaken: true },
      { count: 0, width: 1.2, heat: 0, isNeverTaken: false },
    ]);
  });

  test('the traffic on the chart gathers facts that no state took by their name', () => {
    expect(
      untakenByEvent([
        { event: 'a', state: 's', count: 1 },
        { event: 'b', state: 's', count: 5 },
        { event: 'a', state: 't', count: 3 },
      ]),
    ).toEqual([
      { event: 'b', count: 5, states: [{ state: 's', count: 5 }] },
      {
        event: 'a',
        count: 4,
        states: [
          { state: 't', count: 3 },
          { state: 's', count: 1 },
        ],
      },
    ]);
  });
});

describe('the period', () => {
  const noon = Date.parse('2026-11-25T12:00:00Z');

  test('a period of the last days ends today', () => {
    expect(lastDays(1, noon)).toEqual({ from: '2026-11-25', to: '2026-11-25' });
    expect(lastDays(7, noon)).toEqual({ from: '2026-11-19', to: '2026-11-25' });
  });

  test('the period is read from an address and written into one', () => {
    const period = periodOf(new URLSearchParams('from=2026-11-01&to=yesterday&agent=default&x=y'));
    expect(period).toEqual({ from: '2026-11-01', to: '', agent: 'default', withTests: false });
    expect(queryOf(period)).toEqual({ from: '2026-11-01', agent: 'default' });
  });

  test('the period cannot end before it begins', () => {
    expect(
      periodTrouble({ from: '2026-11-02', to: '2026-11-01', agent: '', withTests: false }),
    ).toBeDefined();
    expect(
      periodTrouble({ from: '2026-11-02', to: '2026-11-02', agent: '', withTests: false }),
    ).toBeUndefined();
    expect(periodTrouble({ from: '2026-11-02', to: '', agent: '', withTests: false })).toBeUndefined();
  });

  test('the period shows days without calls', () => {
    const days = everyDay([{ day: '2026-02-27', calls: 2 }], { from: '', to: '2026-03-01' }, (day) => ({
      day,
      calls: 0,
    }));
    expect(days).toEqual([
      { day: '2026-02-27', calls: 2 },
      { day: '2026-02-28', calls: 0 },
      { day: '2026-03-01', calls: 0 },
    ]);
    expect(everyDay([], { from: '', to: '' }, (day) => ({ day }))).toEqual([]);
  });
});

describe('figures', () => {
  test.each([
    [null, '–'],
    [340, '340 ms'],
    [4230, '4.2 sec'],
    [60_000, '1 min'],
    [200_400, '3 min 20 sec'],
    [119_900, '2 min'],
    [9_000_000, '2.5 hr'],
  ])('figures say %s ms as %s', (ms, text) => {
    expect(lengthText(ms)).toBe(text);
  });

  test('figures say no share of nothing', () => {
    expect(shareText(0, 0)).toBe('–');
    expect(shareText(1, 4)).toBe('25%');
  });
});
