import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../../src/charts/chart.ts';
import { piecesOf } from '../../../src/charts/chart-regions.ts';
import { storiesOf } from '../../../src/charts/chart-picture.ts';
import { callMachine } from '../../../src/machines/call/call.machine.ts';
import { ChartPicture } from '../../../src/protocol/console-chart.ts';

describe('the picture of the call', () => {
  const picture = ChartPicture.parse(JSON.parse(readFileSync('assets/charts/call.json', 'utf8')));
  const chart = chartOf(callMachine);
  const pieces = piecesOf(chart);

  test('the picture of the call has every state once, parents first, with what is told of it', () => {
    expect(picture.nodes.map(({ path }) => path)).toEqual(statesOf(pieces.floor).map(({ path }) => path));
    const seen = new Set<string>();
    for (const { id, parent, story } of picture.nodes) {
      if (parent !== null) expect(seen).toContain(parent);
      seen.add(id);
      expect(story).not.toBe('');
    }
  });

  test('the picture of the call has every region beside the floor, with what is told of it and of its states', () => {
    expect(picture.regions.map(({ name }) => name)).toEqual(pieces.regions.map(({ id }) => id));
    for (const [at, { story, states }] of picture.regions.entries()) {
      const region = pieces.regions[at];
      expect(states.map(({ path }) => path)).toEqual(region && statesOf(region).map(({ path }) => path));
      for (const told of [story, ...states.map((state) => state.story)]) expect(told).not.toBe('');
    }
  });

  test('the picture of the call has every transition once, drawn or not', () => {
    expect(picture.edges.map(({ id }) => id)).toEqual(chart.edges.map(({ key }) => key));
    expect(new Set(picture.edges.map(({ id }) => id)).size).toBe(picture.edges.length);
  });

  test('the picture of the call draws a transition as the line that names it', () => {
    for (const { id, line } of picture.edges) {
      if (line !== null) expect(picture.lines[line]?.edges).toContain(id);
    }
    expect(picture.edges.filter(({ line }) => line !== null).length).toBeGreaterThan(60);
    expect(picture.lines.every(({ points }) => points.length >= 2)).toBe(true);
  });

  test('the picture of the call keeps children inside their parents, and everything on the paper', () => {
    const byId = new Map(picture.nodes.map((node) => [node.id, node]));
    for (const { parent, x, y, width, height } of picture.nodes) {
      const box = byId.get(parent ?? '') ?? { x: 0, y: 0, width: picture.width, height: picture.height };
      expect(x >= box.x && y >= box.y).toBe(true);
      expect(x + width <= box.x + box.width && y + height <= box.y + box.height).toBe(true);
    }
  });

  test('the picture of the call names events as rows do', () => {
    const events = new Set(picture.edges.map(({ event }) => event));
    for (const event of ['caller.startedSpeaking', 'after.idleAfter', 'crashed.phone', 'always']) {
      expect(events).toContain(event);
    }
    expect([...events].filter((event) => event.startsWith('xstate'))).toEqual([]);
  });

  test('the picture of the call knows the lengths that are the same for every call, and which are not', () => {
    expect(picture.delays).toMatchObject({ connectWithin: 10_000, idleAfter: null });
  });
});

test('the story of a state is the paragraphs below the heading of its state', () => {
  const page =
    '# Chart\n\nIntro.\n\n## `one`\n\nFirst line\nsecond line.\n\nOther paragraph.\n\n### `one.two`\n\nTold.\n';
  expect([...storiesOf(page)]).toEqual([
    ['one', 'First line second line.\n\nOther paragraph.'],
    ['one.two', 'Told.'],
  ]);
});
