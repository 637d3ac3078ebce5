import { setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../../src/charts/chart.ts';
import { overviewOf } from '../../../src/charts/chart-overview.ts';
import { drawChart } from '../../../src/charts/chart-svg.ts';
import { anywhereTable, transitionTables } from '../../../src/charts/chart-tables.ts';
import { toMermaid } from '../../../src/charts/mermaid.ts';

const machine = setup({
  types: { events: {} as { type: 'go' } | { type: 'stop' } | { type: 'noise' } },
  delays: { restAfter: 1000 },
  guards: { isFit: () => true },
  actions: { sing: () => undefined },
}).createMachine({
  id: 'walk',
  initial: 'home',
  on: { stop: '.end', noise: { description: 'Heard, and let be.' } },
  states: {
    home: { on: { go: [{ guard: 'isFit', target: 'out.fast', actions: 'sing' }, { target: 'out' }] } },
    out: {
      initial: 'slow',
      states: { slow: { after: { restAfter: '#walk.end' } }, fast: { after: { 500: 'slow' } } },
    },
    end: { type: 'final' },
  },
});
const chart = chartOf(machine);

describe('a chart', () => {
  test('a chart lists its states in the order of the source', () => {
    expect(statesOf(chart).map(({ path }) => path)).toEqual(['home', 'out', 'out.slow', 'out.fast', 'end']);
  });

  test('a chart tells events, timers and guards in the words of the chart', () => {
    expect(chart.edges.map(({ event, guard, to }) => [event, guard, to])).toEqual([
      ['stop', undefined, 'walk.end'],
      ['noise', undefined, undefined],
      ['go', 'isFit', 'walk.out.fast'],
      ['go', undefined, 'walk.out'],
      ['after restAfter', undefined, 'walk.end'],
      ['after 500 ms', undefined, 'walk.out.slow'],
    ]);
  });

  test('a chart has the same keys for a machine and for one with other implementations', () => {
    const provided = chartOf(machine.provide({ guards: { isFit: () => false } }));
    expect(provided.edges.map(({ key }) => key)).toEqual(chart.edges.map(({ key }) => key));
  });
});

describe('a Mermaid drawing', () => {
  test('a Mermaid drawing has an arrow for each pair of states, and none for what is taken anywhere', () => {
    expect(toMermaid(chart).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> walk_home',
      '  state "home" as walk_home',
      '  state "out" as walk_out {',
      '    [*] --> walk_out_slow',
      '    state "slow" as walk_out_slow',
      '    state "fast" as walk_out_fast',
      '  }',
      '  state "end" as walk_end',
      '  walk_end --> [*]',
      '  walk_home --> walk_out_fast: go [isFit]',
      '  walk_home --> walk_out: go',
      '  walk_out_slow --> walk_end: after restAfter',
      '  walk_out_fast --> walk_out_slow: after 500 ms',
    ]);
  });
});

describe('an overview', () => {
  const far = overviewOf(chart, new Set());

  test('an overview of a chart folds what is not open, and moves its arrows to its edge', () => {
    expect(statesOf(far).map(({ path }) => path)).toEqual(['home', 'out', 'end']);
    expect(far.edges.map(({ from, to }) => `${from} ${String(to)}`)).toEqual([
      'walk walk.end',
      'walk.home walk.out',
      'walk.home walk.out',
      'walk.out walk.end',
    ]);
  });
});

describe('the tables', () => {
  test('the tables of a chart tell what is taken anywhere apart from the rest', () => {
    expect(anywhereTable(chart)).toContain('| anywhere | `stop` |  | `end` |  |');
    expect(anywhereTable(chart)).toContain('| anywhere | `noise` |  |  | Heard, and let be. |');
    expect(transitionTables(chart)).toContain('| `home` | `go` | `isFit` | `out.fast` | `sing` |');
    expect(transitionTables(chart)).not.toContain('stop');
  });
});

describe('an SVG drawing', () => {
  test('an SVG drawing has a box for every state, and every drawn transition by its key', async () => {
    const svg = await drawChart(chart);
    const states = [...svg.matchAll(/data-state="([^"]+)"/g)].map(([, id]) => id);
    expect(states).toEqual(statesOf(chart).map(({ id }) => id));
    const drawn = [...svg.matchAll(/data-edges="([^"]+)"/g)].flatMap(([, keys = '']) => keys.split(' '));
    const arrows = chart.edges.filter(({ to }) => to !== undefined);
    expect(drawn.toSorted()).toEqual(arrows.map(({ key }) => key).toSorted());
  });

  test('an SVG drawing is the same, byte by byte, however often it is drawn', async () => {
    expect(await drawChart(chart)).toBe(await drawChart(chartOf(machine)));
  });

  test('an SVG drawing puts every row of a label at a place of its own', async () => {
    const places = [...(await drawChart(chart)).matchAll(/class="label[^"]*" x="([\d.]+)" y="([\d.]+)"/g)];
    expect(places).toHaveLength(6);
    expect(new Set(places.map(([, x, y]) => `${String(x)} ${String(y)}`)).size).toBe(6);
  });
});
